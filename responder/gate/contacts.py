"""Links, addresses, phone numbers and handles must stand in the facts or in the customer's own words."""

import re
from collections.abc import Iterator
from functools import lru_cache

from core.domain import Finding
from responder import links
from responder.gate import Candidate
from responder.gate.reading import LONGEST_READ, Taken, block, fold, heard

NAME = "contact"
_MAIL = r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[a-z]{2,24}\b"
_HANDLE = r"(?<![\w@./])@[\w][\w.-]*\w|(?<![\w/])[ur]/[\w-]{2,}"
_PHONE = r"(?<![\w.,:/-])(?:\+|\(?\d)[\d().\s\u00a0\u202f-]{4,24}\d(?![\w%])|(?<![\w.,-])\d{5,6}(?![\w.,%])"
_VANITY = r"\b1-?8\d\d-[A-Z0-9-]{4,12}\b"
_PUBLIC_ENDS = frozenset({"example", "test", "invalid", "localhost"})  # RFC 2606: never real, but meant as links
_SHORTEST_PHONE = 7


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every way to reach us, or anybody, that nobody approved."""
    text = candidate.reply[:LONGEST_READ]
    taken, given = Taken(len(text)), _given(candidate)
    for kind, start, end in _found(text):
        if taken.meets(start, end):
            continue
        taken.take(start, end)
        if not _approved(kind, text[start:end], candidate, given):
            message = f"The {kind} '{text[start:end]}' is not in the facts. Use one from the fact sheet or take it out."
            yield block(NAME, start, end, message)


def _found(text: str) -> Iterator[tuple[str, int, int]]:
    """Kind, start and end of everything that can be followed, written to or dialled."""
    for match in re.finditer(_MAIL, text, re.IGNORECASE):
        yield "e-mail address", match.start(), match.end()
    for match in re.finditer(r"https?://[^\s<>()\"']+", text, re.IGNORECASE):
        yield "link", match.start(), match.start() + len(match[0].rstrip(".,;:!?"))
    for match in re.finditer(_HANDLE, text):
        yield "handle", match.start(), match.end()
    for link in links.find(text):
        yield "link", link.start, link.end
    for match in re.finditer(r"\b(?:[\w-]{1,63}\.){1,8}([a-z]{4,9})\b(?:/[\w/.-]*\w)?", text, re.IGNORECASE):
        if match[1].lower() in _PUBLIC_ENDS:
            yield "link", match.start(), match.end()
    for match in re.finditer(f"{_PHONE}|{_VANITY}", text):
        digits = re.sub(r"\W", "", match[0])
        if len(digits) >= _SHORTEST_PHONE and not _is_figure(match[0]):
            yield "phone number", match.start(), match.end()


def _is_figure(text: str) -> bool:
    """Whether digits are one number in groups of three, or a date or span, rather than a phone number."""
    text = text.strip()
    return bool(
        re.fullmatch(r"\d{1,3}([\s\u00a0\u202f.,]\d{3}){1,3}", text)
        or re.fullmatch(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{4}", text)
    ) and not text.startswith(("0", "1-"))


def _given(candidate: Candidate) -> str:
    sheet = candidate.sheet
    return "\n".join([*sheet.facts.values(), *sheet.links, *sheet.brand.handles, heard(candidate)])


@lru_cache(maxsize=8)
def _digits(text: str) -> str:
    return re.sub(r"[^\d\n]", "", text)


def _approved(kind: str, text: str, candidate: Candidate, given: str) -> bool:
    sheet, people = candidate.sheet, {person.lower() for person in (candidate.author, *candidate.named)}
    if kind == "phone number":
        return re.sub(r"\D", "", text) in _digits(given)
    if kind == "handle":
        name = text.lstrip("@").removeprefix("u/").lower()
        known = {handle.lstrip("@").removeprefix("u/").lower() for handle in sheet.brand.handles}
        return name in known | people or fold(text) in fold(given)
    if text.lower() in people:  # "@ann@mastodon.example" looks like an address of mail behind its first mark
        return True
    wanted = _bare(text)
    official = {
        _bare(link)
        for link in re.findall(r"[^\s<>()\"']+\.[^\s<>()\"']+", "\n".join([*sheet.links, *sheet.facts.values()]))
    }
    return wanted in official or (kind == "e-mail address" and fold(text) in fold(given))


def _bare(link: str) -> str:
    """A link without its protocol, www and closing marks; the path counts, in its own case."""
    link = re.sub(r"^https?://", "", link.strip(), flags=re.IGNORECASE)
    host, slash, path = link.removeprefix("www.").partition("/")
    return (host.lower() + slash + path).rstrip("/.,;:!?")
