"""How long a reply is by the platform's own counting."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import regex

from core.errors import InputError
from responder import links

X_LIMIT = 280  # twitter-text configuration v3: maxWeightedTweetLength
BLUESKY_LIMIT = 300  # app.bsky.feed.post: maxGraphemes
BLUESKY_BYTES = 3000  # app.bsky.feed.post: maxLength, bytes of UTF-8
MASTODON_LIMIT = 500  # a server may set its own: configuration.statuses.max_characters
REDDIT_LIMIT = 10_000  # of a comment
LINK_LENGTH = 23  # X and Mastodon count any link as this many

_X_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))  # configuration v3: ranges of weight 100
_X_INVALID = frozenset("\ufffe\ufeff\uffff")


@dataclass(frozen=True, slots=True)
class Bounds:
    """``longest``: how long a reply may be; ``per_link``: what any link counts as, where links count alike."""

    longest: int
    per_link: int = LINK_LENGTH


@dataclass(frozen=True, slots=True)
class Length:
    """``length`` and ``limit`` in the platform's own unit; ``valid``: it would be accepted as it stands."""

    length: int
    limit: int
    valid: bool


def measure(platform: str, text: str, *, limit: int | None = None, bounds: Bounds | None = None) -> Length:
    """Counts ``text`` as ``platform`` does; ``bounds`` are those of a server that sets its own, ``limit`` is a narrower
    one of ours.

    Empty text, and text of white space alone, is never valid. Raises InputError for a platform that is not known.
    """
    bounds = bounds or usual(platform)
    length, sound = _COUNTERS[platform][0](text, bounds.per_link)
    limit = bounds.longest if limit is None else limit
    return Length(length, limit, sound and bool(text.strip()) and length <= limit)


def room_for(platform: str, lead: str, bounds: Bounds) -> int:
    """How long what follows ``lead`` may be, by the platform's usual count of links, which writers know.

    Where a server counts more for a link, room for one more than it needs is left.
    """
    dearer = max(0, bounds.per_link - LINK_LENGTH)
    return max(0, bounds.longest - measure(platform, lead, bounds=bounds).length - dearer)


def usual(platform: str) -> Bounds:
    """The bounds of a platform whose servers all set the same, or did not say. Raises InputError: not known."""
    if platform not in _COUNTERS:
        known = ", ".join(sorted(_COUNTERS))
        raise InputError(f"platform {platform!r} is not known; known are {known}")
    return Bounds(_COUNTERS[platform][1])


@cache
def _emoji() -> "regex.Pattern[str]":
    """One emoji as a reader sees it: a flag, a keycap, or a picture with its modifiers and joined pictures.

    Text-style signs (© ™ ↔) count as emoji only with the variation selector, as in the emoji list X uses.
    """
    picture = r"(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|\p{Extended_Pictographic}(?=\p{EMod}|\u200d))"
    tags = r"(?:[\U000e0020-\U000e007e]+\U000e007f)"
    one = rf"{picture}\ufe0f?\p{{EMod}}?{tags}?+"
    return regex.compile(rf"\p{{RI}}\p{{RI}}|[#*0-9]\ufe0f?\u20e3|{one}(?:\u200d(?:{one}|[♀♂⚕⚖✈❤]\ufe0f?))*+")


def _weight(text: str) -> int:
    """Weighted length of text without links or emoji; weight 1 in the light ranges, else 2."""
    if text.isascii():
        return len(text)
    return sum(1 if any(low <= point <= high for low, high in _X_LIGHT) else 2 for point in map(ord, text))


def _count_x(text: str, per_link: int) -> tuple[int, bool]:
    """twitter-text v3: NFC, links 23, emoji 2, CJK and other heavy code points 2."""
    text = unicodedata.normalize("NFC", text)
    total, at = 0, 0
    for link in links.find(text):
        total += _without_links(text[at : link.start]) + per_link
        at = link.end
    return total + _without_links(text[at:]), _X_INVALID.isdisjoint(text)


def _without_links(text: str) -> int:
    if text.isascii():
        return len(text)
    rest, emoji = _emoji().subn("", text)
    return _weight(rest) + 2 * emoji


def _graphemes(text: str) -> int:
    """Characters as a reader counts them (UAX #29 extended grapheme clusters)."""
    if text.isascii() and "\r" not in text:
        return len(text)
    return sum(1 for _ in regex.finditer(r"\X", text))


def _count_bluesky(text: str, _per_link: int) -> tuple[int, bool]:
    return _graphemes(text), len(text.encode(errors="replace")) <= BLUESKY_BYTES


@cache
def _remote_handle() -> "regex.Pattern[str]":
    name = r"[a-z0-9_]+(?:[a-z0-9_.-]*[a-z0-9_])?+"
    return regex.compile(rf"(?<![=/\w])(@{name})@[\w.-]+\w", regex.IGNORECASE)


def _count_mastodon(text: str, per_link: int) -> tuple[int, bool]:
    """Links with a protocol count ``per_link``, ``@user@host`` as ``@user``, the rest by grapheme."""
    pieces, at = [], 0
    for link in links.find(text, bare=False):
        pieces += [text[at : link.start], "x" * per_link]
        at = link.end
    whole = "".join([*pieces, text[at:]])
    return _graphemes(_remote_handle().sub(r"\1", whole)), True


def _count_reddit(text: str, _per_link: int) -> tuple[int, bool]:
    return len(text), True


_COUNTERS: Mapping[str, tuple[Callable[[str, int], tuple[int, bool]], int]] = {
    "x": (_count_x, X_LIMIT),
    "bluesky": (_count_bluesky, BLUESKY_LIMIT),
    "mastodon": (_count_mastodon, MASTODON_LIMIT),
    "reddit": (_count_reddit, REDDIT_LIMIT),
}
