"""Whether a text addresses one of our accounts, when no platform is there to say so."""

import re
from collections.abc import Iterable, Iterator

from core.domain import Eligibility, Platform, bare_handle

# What may stand before a mention: nothing that would make it an e-mail address, a link or part of a longer name.
_BEFORE = r"(?<![A-Za-z0-9_/@＠&#+À-ʯ])"
# X ends a handle at the first other character, and takes it for none before "@" or an accented Latin letter.
_X = re.compile(_BEFORE + r"[@＠]([A-Za-z0-9_]++)(?![@＠À-ʯ])")
# Bluesky handles are domain names; a dot or hyphen that ends the sentence is not part of one.
_BLUESKY = re.compile(_BEFORE + r"@([A-Za-z0-9]++(?:[.-]++[A-Za-z0-9]++)*+)(?![_@À-ʯ])")
# Mastodon: @name of the reader's own server, or @name@server.
_MASTODON = re.compile(
    _BEFORE
    + r"@([A-Za-z0-9_]++(?:[.-]++[A-Za-z0-9_]++)*+(?:@[A-Za-z0-9]++(?:[.-]++[A-Za-z0-9]++)*+)?+)"
    + r"(?![@À-ʯ])"
)
_REDDIT = re.compile(r"(?<![\w/.@-])/?u/([A-Za-z0-9_-]+)(?![\w-])", re.IGNORECASE)
_MENTION = {
    Platform.X: _X,
    Platform.BLUESKY: _BLUESKY,
    Platform.MASTODON: _MASTODON,
    Platform.REDDIT: _REDDIT,
}


def handles_in(text: str, platform: Platform) -> Iterator[str]:
    """The accounts a text mentions by the platform's own spelling, lower case, without ``@`` or ``u/``."""
    for found in _MENTION[platform].finditer(text):
        yield found[1].casefold()


def from_text(text: str, platform: Platform, handles: Iterable[str]) -> Eligibility:
    """TAGGED if ``text`` mentions one of our ``handles`` ("@northwind", "u/northwind") as a whole handle, else NONE.

    ``u/`` handles count on Reddit and ``@`` handles elsewhere. A Mastodon text may name an account of its own
    server without the server, so ``@northwind`` stands there for ``@northwind@mastodon.example`` as well.
    """
    ours = {spelling for handle in handles for spelling in _spellings(handle, platform)}
    return Eligibility.TAGGED if any(name in ours for name in handles_in(text, platform)) else Eligibility.NONE


def _spellings(handle: str, platform: Platform) -> Iterator[str]:
    bare = handle.strip().casefold()
    is_reddit = bare.startswith(("u/", "/u/"))
    if is_reddit != (platform is Platform.REDDIT) and (is_reddit or bare.startswith("@")):
        return
    bare = bare_handle(bare)
    yield bare
    if platform is Platform.MASTODON and "@" in bare:
        yield bare.partition("@")[0]
