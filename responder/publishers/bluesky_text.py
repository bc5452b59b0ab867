"""The accounts a text of ours names on Bluesky."""

import re
from collections.abc import Iterator

# A handle is a domain name; nothing may stand before the @ that would make it an e-mail address. Asked about a name
# that is too long for a domain, a server answers 500, as if it were only down.
_PART = r"(?:[a-z0-9-]{0,61}[a-z0-9])?(?![a-z0-9-]*[a-z0-9])"
_HANDLE = re.compile(rf"(?<![\w@.])@((?:[a-z0-9]{_PART}\.)+[a-z]{_PART})", re.IGNORECASE)
_LONGEST = 253  # of a domain name


def handles_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Start and end (with the @) in code points, and the handle in lower case."""
    for found in _HANDLE.finditer(text):
        if len(found[1]) <= _LONGEST:
            yield found.start(), found.end(), found[1].lower()
