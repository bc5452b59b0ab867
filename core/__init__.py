"""What a mention, reading, incident and draft is, and where they are kept. Imports nothing else of ours."""
