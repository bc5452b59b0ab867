"""Hears what is said about the brand and keeps it exactly once."""
