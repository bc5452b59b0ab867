"""Puts the parts together: wiring, schedule, service, command line."""
