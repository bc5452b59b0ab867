"""A browser on a machine that runs other tests beside it is slow: what is awaited may take a while."""

from playwright.sync_api import expect

PATIENCE = 20_000
"""Milliseconds."""

expect.set_options(timeout=PATIENCE)
