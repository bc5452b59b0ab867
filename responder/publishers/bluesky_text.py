"""The accounts a text of ours names on Bluesky."""

import re
from collections.abc import Iterator

# A handle is a domain name; nothing may stand before the @ that would make it an e-mail address.
_HANDLE = re.compile(r"(?<![\w@.])@((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?)", re.IGNORECASE)


def handles_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Start and end (with the @) in code points, and the handle in lower case."""
    for found in _HANDLE.finditer(text):
        yield found.start(), found.end(), found[1].lower()
