"""The boolean language that says which posts a brand listens for.

    northwind (outage OR "no signal" OR panne) -"north wind" -from:northwind lang:fr @northwind #northwind

Words beside each other must all occur (AND may be written); OR binds weaker; NOT or a leading ``-`` excludes.
Operators are upper case, so that "or" stays a word. Matching ignores case, width and composition, keeps accents,
and meets whole words only.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from core.domain import Mention, bare_handle
from core.errors import ConfigError
from listener.eligibility import handles_in
from listener.words import folded, hashtags, joined, units

MAX_LENGTH = 10_000  # characters
MAX_DEPTH = 100  # brackets and negations inside each other
_TOKEN = re.compile(r'(?P<sign>[()])|(?P<minus>-(?=\S))|"(?P<phrase>[^"]*)"|(?P<open>")|(?P<word>[^\s()"]+)')
_FIELD = re.compile(r"([A-Za-z_]+):(.*)")
_HANDLE = re.compile(r"@?[\w.-]+(?:@[\w.-]+)?")
_TAG = re.compile(r"#\w+")
_LANGUAGE = re.compile(r"[a-z]{2,8}(?:-[a-z0-9]{1,8})*")
_CURLY = str.maketrans("“”„", '"""')

_Test = Callable[["_Seen"], bool]


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query; ``text`` is what was written."""

    text: str
    _test: _Test

    def matches(self, mention: Mention) -> bool:
        """Whether the post is listened for. Time grows with the length of its text, not faster."""
        return self._test(_Seen(mention))


def parse(query: str) -> Query:
    """Raises ConfigError with the column, counted in characters from 1: ``query: column 14: …``."""
    if len(query) > MAX_LENGTH:
        raise _error(MAX_LENGTH + 1, f"longer than {MAX_LENGTH:,} characters")
    return Query(query, _Parser(_tokens(query), len(query) + 1).whole())


class _Seen:
    """What the tests look at, worked out once per post and only when asked for."""

    def __init__(self, mention: Mention) -> None:
        self._mention = mention

    @cached_property
    def words(self) -> str:
        return joined(self._mention.text)

    @cached_property
    def tags(self) -> frozenset[str]:
        return hashtags(self._mention.text)

    @cached_property
    def handles(self) -> frozenset[str]:
        return frozenset(handles_in(self._mention.text, self._mention.platform))

    @cached_property
    def author(self) -> str:
        return _handle(self._mention.author)

    @cached_property
    def language(self) -> str:
        return (self._mention.language or "").casefold().replace("_", "-")


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # ( ) - OR AND NOT term phrase end
    text: str
    column: int


def _error(column: int, problem: str) -> ConfigError:
    return ConfigError(f"query: column {column}: {problem}")


def _tokens(query: str) -> list[_Token]:
    tokens: list[_Token] = []
    for found in _TOKEN.finditer(query.translate(_CURLY)):
        text, column = found[found.lastgroup or 0], found.start() + 1
        if found.lastgroup == "open":
            raise _error(column, "a quote is opened and never closed")
        if found.lastgroup == "phrase":
            tokens.append(_Token("phrase", text, column))
        elif found.lastgroup == "word" and text not in {"AND", "OR", "NOT"}:
            tokens.append(_Token("term", text, column))
        else:
            tokens.append(_Token(text, text, column))
    return tokens


class _Parser:
    """Recursive descent over ``either := both (OR both)*``, ``both := one ([AND] one)*`` and
    ``one := (NOT | -) one | "(" either ")" | term``.
    """

    def __init__(self, tokens: list[_Token], end: int) -> None:
        self._tokens = [*tokens, _Token("end", "", end)]
        self._at = 0
        self._depth = 0

    def whole(self) -> _Test:
        if self._next.kind == "end":
            raise _error(1, "nothing is asked for")
        test = self._either()
        if self._next.kind == ")":
            raise _error(self._next.column, '")" closes nothing')
        return test

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._next
        self._at += 1
        return token

    def _either(self) -> _Test:
        tests = [self._both()]
        while self._next.kind == "OR":
            self._take()
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else _any(tests)

    def _both(self) -> _Test:
        tests = [self._one()]
        while self._next.kind not in {"OR", ")", "end"}:
            if self._next.kind == "AND":
                self._take()
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else _all(tests)

    def _one(self) -> _Test:
        token = self._take()
        if token.kind in {"term", "phrase"}:
            return _term(token) if token.kind == "term" else _words(token, token.text)
        if token.kind not in {"-", "NOT", "("}:
            raise self._misplaced(token)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _error(token.column, f"more than {MAX_DEPTH} brackets and negations inside each other")
        test = self._bracket(token) if token.kind == "(" else _not(self._one())
        self._depth -= 1
        return test

    def _bracket(self, opening: _Token) -> _Test:
        test = self._either()
        if self._next.kind != ")":
            raise _error(opening.column, '"(" is never closed')
        self._take()
        return test

    def _misplaced(self, token: _Token) -> ConfigError:
        before = self._tokens[self._at - 2] if self._at > 1 else None
        if before and before.kind in {"AND", "OR", "NOT", "-"}:
            return _error(before.column, f'"{before.text}" needs a term after it')
        if before and before.kind == "(":
            return _error(before.column, "nothing stands in the brackets" if token.kind == ")" else "a term is missing")
        if token.kind == ")":
            return _error(token.column, '")" closes nothing')
        return _error(token.column, f'"{token.text}" needs a term before it')


def _any(tests: list[_Test]) -> _Test:
    return lambda seen: any(test(seen) for test in tests)


def _all(tests: list[_Test]) -> _Test:
    return lambda seen: all(test(seen) for test in tests)


def _not(test: _Test) -> _Test:
    return lambda seen: not test(seen)


def _term(token: _Token) -> _Test:
    if field := _FIELD.fullmatch(token.text):
        return _field(token, field[1].casefold(), field[2])
    if token.text == "-":
        raise _error(token.column, '"-" stands before nothing')
    if token.text.startswith("@"):
        return _mentions(token)
    if token.text.startswith("#"):
        return _tagged(token)
    return _words(token, token.text)


def _field(token: _Token, name: str, value: str) -> _Test:
    if name == "from":
        return _from(token, value)
    if name == "lang":
        return _language(token, value)
    raise _error(token.column, f'"{name}:" is not known; known are from: and lang: (put words with a colon in quotes)')


def _from(token: _Token, value: str) -> _Test:
    author = _handle(value)
    if not _HANDLE.fullmatch(author):
        raise _error(token.column, "from: needs a handle right after it, e.g. from:northwind")
    return lambda seen: seen.author == author


def _language(token: _Token, value: str) -> _Test:
    tag = value.casefold().replace("_", "-")
    if not _LANGUAGE.fullmatch(tag):
        raise _error(token.column, "lang: needs a language tag right after it, e.g. lang:fr")
    return lambda seen: seen.language == tag or seen.language.startswith(tag + "-")


def _mentions(token: _Token) -> _Test:
    """The account is mentioned in the platform's own way (``u/name`` on Reddit); a server may be left out."""
    if not _HANDLE.fullmatch(token.text):
        raise _error(token.column, f'"{token.text}" is not a handle, e.g. @northwind')
    wanted = _handle(token.text)
    name, _, server = wanted.partition("@")
    near = {wanted, name}
    return lambda seen: (
        bool(near & seen.handles) or (not server and any(handle.partition("@")[0] == name for handle in seen.handles))
    )


def _tagged(token: _Token) -> _Test:
    tag = folded(token.text)
    if not _TAG.fullmatch(tag):
        raise _error(token.column, f'"{token.text}" is not a hashtag, e.g. #northwind')
    return lambda seen: tag[1:] in seen.tags


def _words(token: _Token, text: str) -> _Test:
    if not any(units(text)):
        raise _error(token.column, "nothing stands in the quotes" if token.kind == "phrase" else "nothing to look for")
    wanted = joined(text)
    return lambda seen: wanted in seen.words


def _handle(text: str) -> str:
    return bare_handle(folded(text.strip()))
