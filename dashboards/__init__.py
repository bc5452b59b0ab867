"""The pages and the machine interfaces."""
