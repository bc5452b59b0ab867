"""What the claim model says of a clause."""

STATES = ("none", "supported", "unsupported", "contradicted")
"""No claim; borne out by the sheet or the customer's words; not in them; against them."""

FLAGS = ("blame", "admission", "guarantee", "tone", "rote", "personal_data", "security", "jargon", "injection")
"""What may be wrong with a clause whatever the sheet says."""
