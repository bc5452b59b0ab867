"""Trains the claim model from the texts in `pairs/`; needs the `[torch]` extra."""
