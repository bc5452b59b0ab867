"""Fake platforms: small real HTTP servers on loopback that behave, and misbehave, like the ones they stand for."""
