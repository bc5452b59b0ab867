"""The boolean language that search boxes share: words, "phrases", OR, AND, NOT or -, parentheses, name:value.

AND binds tighter than OR, a space is an AND. What a term means is the platform's: it gives a function.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

TOKEN = re.compile(r'\s*(?:(?P<open>-?\()|(?P<close>\))|(?P<term>-?(?:[a-z_]+:)?(?:"[^"]*"|[^\s()"]+)))', re.IGNORECASE)
WORD = re.compile(r"\w+(?:'\w+)*")

Match = Callable[[object], bool]


class QueryError(ValueError):
    """The query cannot be read; the message says why."""


@dataclass(frozen=True)
class Term:
    """One condition: ``name`` is the operator ("" for plain words), ``value`` without quotes."""

    name: str
    value: str
    quoted: bool


def words(text: str) -> list[str]:
    """Lower-case words, cut at punctuation as search engines do ("coca-cola" is two)."""
    return WORD.findall(text.casefold())


def has_words(text: str, wanted: str) -> bool:
    """Whether the words of ``wanted`` follow one another somewhere in ``text``."""
    needle, hay = words(wanted), words(text)
    return bool(needle) and any(hay[i : i + len(needle)] == needle for i in range(len(hay) - len(needle) + 1))


def parse(query: str, test: Callable[[Term, object], bool]) -> Match:
    """A function that says of a post whether the query matches it. Raises QueryError."""
    reader = _Reader(_tokens(query), test)
    match = reader.either()
    if reader.left():
        raise QueryError(f"unexpected {reader.left()[0]!r}")
    return match


def terms(query: str) -> list[tuple[Term, bool]]:
    """Every term of the query, with whether a minus stands directly before it."""
    found = (token for token in _tokens(query) if token not in {"(", "-(", ")", "OR", "AND", "NOT"})
    return [(_term(token.removeprefix("-")), token.startswith("-")) for token in found]


def _tokens(query: str) -> list[str]:
    tokens, at = [], 0
    while query[at:].strip():
        found = TOKEN.match(query, at)
        if found is None:
            raise QueryError(f"cannot read the query at {query[at : at + 10]!r}")
        tokens.append(found.group().strip())
        at = found.end()
    if not tokens:
        raise QueryError("the query is empty")
    return tokens


def _term(token: str) -> Term:
    name, colon, value = token.partition(":")
    if not colon or '"' in name or not name.isidentifier() or value.startswith("//"):
        name, value = "", token
    return Term(name.lower(), value.strip('"'), value.startswith('"'))


class _Reader:
    def __init__(self, tokens: list[str], test: Callable[[Term, object], bool]) -> None:
        self._tokens = tokens
        self._test = test
        self._at = 0

    def left(self) -> list[str]:
        return self._tokens[self._at :]

    def either(self) -> Match:
        sides = [self._both()]
        while self.left()[:1] == ["OR"]:
            self._at += 1
            sides.append(self._both())
        return lambda post: any(side(post) for side in sides)

    def _both(self) -> Match:
        parts = []
        while self.left() and self.left()[0] not in {"OR", ")"}:
            if self.left()[0] == "AND":
                self._at += 1
            parts.append(self._one())
        if not parts:
            raise QueryError("a term is missing")
        return lambda post: all(part(post) for part in parts)

    def _one(self) -> Match:
        if not self.left():
            raise QueryError("a term is missing")
        token = self.left()[0]
        self._at += 1
        if token == "NOT":
            return _negated(self._one())
        if token in {"(", "-("}:
            return self._group(negated=token == "-(")
        term, test = _term(token.removeprefix("-")), self._test
        negated = token.startswith("-")
        return lambda post: test(term, post) != negated

    def _group(self, *, negated: bool) -> Match:
        inner = self.either()
        if self.left()[:1] != [")"]:
            raise QueryError("a closing parenthesis is missing")
        self._at += 1
        return _negated(inner) if negated else inner


def _negated(match: Match) -> Match:
    return lambda post: not match(post)
