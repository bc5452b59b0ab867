"""Finds links in free text the way X does, protocol or not.

The rules are those of twitter-text (https://github.com/twitter/twitter-text, conformance/extract.yml), written here as
a scan over the runs of characters a host name may hold, so that the time stays linear in the text whatever it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

_LATIN = "À-ÖØ-öø-ÿĀ-ɏɓɔɖɗəɛɣɨɯɲʉʋʻ\u0300-\u036fḀ-ỿ"
_NOT_IN_HOST = (
    re.escape("!'#%&()*+,\\/:;<=>?@[]^{|}~$")
    + r"\s\u2028\u2029\ufffe\ufeff\uffff\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"
)
_RUN = re.compile(rf"(?:(https?://))?+((?:(?!https?://)[^{_NOT_IN_HOST}])++)", re.IGNORECASE)
_FORBIDDEN_BEFORE = frozenset("@＠$#＃\ufffe\ufeff\uffff")
_GENERAL = rf"a-z\u0400-\u04ff0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_LATIN}"
_PATH = re.compile(rf"/(?:[{_GENERAL}]++|\((?:[{_GENERAL}]*(?:\([{_GENERAL}]+\))?[{_GENERAL}]*)\))*+", re.IGNORECASE)
_PATH_TRAIL = "!*';:,.$%[]~@|&–"
_QUERY = re.compile(r"\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*+", re.IGNORECASE)
_QUERY_TRAIL = "!?*'@();:+$%[].,~|"
_PORT = re.compile(r":[0-9]++")
_TCO = re.compile(r"https?://t\.co/([a-z0-9]+)", re.IGNORECASE)
_ASCII_HOST = re.compile(r"(?<![-a-z0-9À-ÿ.])(?:[-a-z0-9À-ÿ]+\.)+", re.IGNORECASE)
_PUNYCODE = re.compile(r"xn--[-0-9a-z]+", re.IGNORECASE)
_LONGEST_LABEL = 63  # RFC 1035
_LONGEST_SLUG = 40  # of t.co
_LONGEST_LINK = 4096


@dataclass(frozen=True, slots=True)
class Link:
    """A link and where it stands, in code points of the text given."""

    start: int
    end: int
    text: str


@cache
def top_level_domains() -> tuple[frozenset[str], int]:
    """The known top-level domains, lower case, and the length of the longest."""
    lines = resources.files("responder").joinpath("tlds.txt").read_text(encoding="utf-8").splitlines()
    names = frozenset(line for line in lines if line and not line.startswith("#"))
    return names, max(map(len, names))


def find(text: str, *, bare: bool = True) -> Iterator[Link]:
    """Yields the links of ``text`` in order; ``bare`` also those without http:// or https://."""
    at = 0
    while match := _RUN.search(text, at):
        if "." not in match[2]:
            at = match.end()
            continue
        links, at = _of_run(text, match, at)
        for link in links:
            if bare or link.text[:4].lower() == "http":
                yield link


def _of_run(text: str, match: re.Match[str], floor: int) -> tuple[list[Link], int]:
    """The links that begin in one run, and where to go on. ``floor``: nothing before it may be used."""
    protocol, begin, end = match[1] or "", match.start(2), match.end(2)
    if protocol and _may_precede(text, match.start()) and (host := _host(text, begin, end, begin)):
        return _with_protocol(text, match.start(), host)
    first = max(begin, floor + 1) if floor else begin  # the character before a link belongs to no other link
    while host := _bare_host(text, first, end):
        if text[host[0] - 1 : host[0]] in {"-", "_", ".", "/"}:
            first = host[1] + 1
            continue
        return _without_protocol(text, host)
    return [], end


def _may_precede(text: str, start: int) -> bool:
    """Whether a link may begin at ``start``, seen from the character before it."""
    before = text[start - 1 : start]
    return not before or not ((before.isascii() and before.isalnum()) or before in _FORBIDDEN_BEFORE)


def _labels(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    """Start and end of the dot-separated labels between two places."""
    spans, at = [], begin
    for piece in text[begin:end].split("."):
        spans.append((at, at + len(piece)))
        at += len(piece) + 1
    return spans


def _tld_end(text: str, begin: int, end: int) -> int:
    """Where the top-level domain that begins a label ends, or 0 when there is none."""
    names, longest = top_level_domains()
    label = text[begin : min(end, begin + longest)].lower()
    for size in range(len(label), 1, -1):
        after = text[begin + size : begin + size + 1]
        if label[:size] in names and not (after and (after in "@+-" or (after.isascii() and after.isalnum()))):
            return begin + size
    punycode = _PUNYCODE.match(text, begin, end)
    return punycode.end() if punycode else 0


def _sound(text: str, begin: int, end: int, *, domain: bool) -> bool:
    """Whether a label may stand in a host: no edge of - or _, and no _ in the registered domain itself."""
    return (
        begin < end
        and text[begin] not in "-_"
        and text[end - 1] not in "-_"
        and not (domain and text.find("_", begin, end) >= 0)
    )


def _host(text: str, begin: int, end: int, start: int) -> tuple[int, int] | None:
    """The longest host name from ``start`` whose labels are sound and that ends in a top-level domain."""
    labels = _labels(text, begin, end)
    best = None
    for i in range(1, len(labels)):
        left = start if i == 1 else labels[i - 1][0]
        if _sound(text, left, labels[i - 1][1], domain=True) and (stop := _tld_end(text, *labels[i])):
            best = (start, stop)
        if not _sound(text, left, labels[i - 1][1], domain=False):
            break
    return best


def _bare_host(text: str, begin: int, end: int) -> tuple[int, int] | None:
    """The first host name in a run; it may begin inside a label when letters of another script stand before it."""
    labels = _labels(text, begin, end)
    stops = [0] + [_tld_end(text, *label) for label in labels[1:]]
    reach = 0  # the farthest end of a host whose first label ends where the loop stands
    found = None
    for i in range(len(labels) - 2, -1, -1):
        here, following = labels[i], labels[i + 1]
        last = stops[i + 1]
        if i + 2 < len(labels) and _sound(text, *following, domain=False):
            last = max(last, reach if reach > following[1] else 0)
        reach = last
        if last and (start := _first_start(text, *here, domain=last <= following[1])) is not None:
            found = (start, last)
    return found


def _first_start(text: str, begin: int, end: int, *, domain: bool) -> int | None:
    """The first place of a label from which its rest is a sound label that may begin a link."""
    if begin == end or text[end - 1] in "-_":
        return None
    low = text.rfind("_", begin, end) + 1 if domain else begin
    for start in range(max(begin, low), end):
        if text[start] not in "-_" and _may_precede(text, start):
            return start
    return None


def _fits_dns(host: str) -> bool:
    """Whether every label, as punycode, is as short as DNS asks."""
    if host[:4].lower() == "xn--" and not host.isascii():
        return False
    for label in host.split("."):
        size = len(label) if label.isascii() else 4 + len(label.encode("punycode"))
        if not 0 < size <= _LONGEST_LABEL:
            return False
    return True


def _tail(text: str, at: int) -> int:
    """Where port, path and query after a host end."""
    if match := _PORT.match(text, at):
        at = match.end()
    if match := _PATH.match(text, at):
        at = max(at + 1, at + len(match[0].rstrip(_PATH_TRAIL)))
    if (match := _QUERY.match(text, at)) and len(query := match[0].rstrip(_QUERY_TRAIL)) > 1:
        at += len(query)
    return at


def _with_protocol(text: str, start: int, host: tuple[int, int]) -> tuple[list[Link], int]:
    end = _tail(text, host[1])
    if short := _TCO.match(text, start, end):
        if len(short[1]) > _LONGEST_SLUG:
            return [], end
        query = _QUERY.match(text, short.end(), end)
        end = query.end() if query else short.end()
    if end - start > _LONGEST_LINK or not _fits_dns(text[host[0] : host[1]]):
        return [], end
    return [Link(start, end, text[start:end])], end


def _without_protocol(text: str, host: tuple[int, int]) -> tuple[list[Link], int]:
    """Without a protocol only the parts of a host in Latin letters are links."""
    links, at, end = [], host[0], _tail(text, host[1])
    while match := _ASCII_HOST.search(text, at, host[1]):
        stop = _last_tld(text, match.start(), match.end(), host[1])
        at = stop or match.end()
        if stop and _fits_dns(text[match.start() : stop]):
            links.append(Link(match.start(), stop, text[match.start() : stop]))
    if links and links[-1].end == host[1] and end > host[1]:
        links[-1] = Link(links[-1].start, end, text[links[-1].start : end])
    return links, end


def _last_tld(text: str, begin: int, dots_end: int, end: int) -> int:
    """The end of the longest ``label.label.tld`` that begins at ``begin``."""
    labels = _labels(text, begin, end)
    for left, right in reversed(labels[1:]):
        if left <= dots_end and (stop := _tld_end(text, left, right)):
            return stop
    return 0
