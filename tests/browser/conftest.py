"""One Chromium for the tests of this directory that run one after another; each opens contexts of its own.

A browser on a machine that runs other tests beside it is slow: what is awaited may take a while.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from playwright.sync_api import Error as BrowserError

PATIENCE = 20_000
"""Milliseconds."""
FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--no-first-run"]

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Ends with the last test here: while it is open, nothing else in this thread may run an event loop."""
    executable = next((path for path in ("/usr/bin/chromium", "/usr/bin/google-chrome") if Path(path).exists()), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        except BrowserError as error:
            pytest.skip(f"no Chromium: {error}")
        yield browser
        browser.close()
