"""Decides, drafts, checks, has approved, and sends exactly once."""
