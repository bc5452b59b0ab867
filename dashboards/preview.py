"""A reply as its platform will show it: links as they are shortened, lines as they run, what is too long marked off."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.domain import Finding, Level, Platform
from dashboards.heard import heard
from responder import links
from responder.lengths import Bounds, measure

_PROTOCOL = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)
_ONE_LINE = re.compile(r"(?<!\n)\n(?!\n)")
# Platforms that shorten what they show of a link, and to how many characters.
_SHOWN = {Platform.X: 26, Platform.MASTODON: 30}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the reply; ``level`` and ``message`` are those of the strictest finding on it."""

    text: str
    link: bool = False
    over: bool = False  # behind the platform's limit
    level: str = ""
    message: str = ""


def stretches(platform: str, text: str, findings: Sequence[Finding], *, bounds: Bounds | None = None) -> list[Stretch]:
    """The reply cut where a finding, a link or the limit begins or ends. All offsets are code points."""
    found = list(links.find(text, bare=platform != Platform.MASTODON))
    limit = _limit(platform, text, bounds)
    pointed = [finding for finding in findings if finding.end - finding.start < len(text)]
    edges = {0, len(text), limit} | {at for link in found for at in (link.start, link.end)}
    edges |= {min(max(0, at), len(text)) for finding in pointed for at in (finding.start, finding.end)}
    return [_stretch(platform, text, found, pointed, limit, *cut) for cut in pairwise(sorted(edges))]


def _stretch(
    platform: str, text: str, found: Sequence[links.Link], findings: Sequence[Finding], limit: int, start: int, end: int
) -> Stretch:
    over = [finding for finding in findings if finding.start < end and finding.end > start]
    over.sort(key=lambda finding: finding.level is not Level.BLOCK)
    link = next((each for each in found if each.start < end and each.end > start), None)
    whole = link is not None and (link.start, link.end) == (start, end)
    return Stretch(
        text=_shortened(platform, text[start:end]) if whole else _as_lines(platform, text[start:end]),
        link=link is not None,
        over=start >= limit,
        level=over[0].level.value if over else "",
        message=" ".join(heard(finding.message) for finding in over),
    )


def _limit(platform: str, text: str, bounds: Bounds | None) -> int:
    """Where the text becomes too long: the longest beginning that fits, found by halving."""
    whole = measure(platform, text, bounds=bounds)
    if whole.length <= whole.limit:
        return len(text)
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = measure(platform, text[:middle], bounds=bounds).length <= whole.limit
        low, high = (middle, high) if fits else (low, middle - 1)
    return low


def _shortened(platform: str, link: str) -> str:
    most = _SHOWN.get(Platform(platform)) if platform in set(Platform) else None
    if most is None:
        return link
    bare = _PROTOCOL.sub("", link)
    return bare if len(bare) <= most else f"{bare[:most]}…"


def _as_lines(platform: str, text: str) -> str:
    """Reddit's Markdown runs single line ends together; the others show lines as they were typed."""
    return _ONE_LINE.sub(" ", text) if platform == Platform.REDDIT else text
