"""Puts number words that stand together into one number: "four hundred", "quatre-vingt-dix", "ciento veinte mil"."""

import re
from collections.abc import Iterator, Mapping

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_JOIN = re.compile(r"[\s-]|\s(?:and|et|y)\s")
_DOZEN = 12
_SCORE = 20  # "quatre-vingt" is four of them


def composed(folded: str, values: Mapping[str, int]) -> Iterator[tuple[int, int, float]]:
    """Start, end and value of every number in words; `values` are those of single words, in the plural as well."""
    at: tuple[int, int, list[int]] | None = None
    for start, end, value in _single(folded, values):
        if at and _JOIN.fullmatch(folded, at[1], start) and _goes_on(at[2], value):
            at = (at[0], end, [*at[2], value])
            continue
        if at:
            yield at[0], at[1], _sum(at[2])
        at = (start, end, [value])
    if at:
        yield at[0], at[1], _sum(at[2])


def _single(folded: str, values: Mapping[str, int]) -> Iterator[tuple[int, int, int]]:
    for match in _WORD.finditer(folded):
        whole = _value(match[0], values)
        if whole is not None:
            yield match.start(), match.end(), whole
            continue
        for part in re.finditer(r"[^-]+", match[0]):
            if (value := _value(part[0], values)) is not None:
                yield match.start() + part.start(), match.start() + part.end(), value


def _value(word: str, values: Mapping[str, int]) -> int | None:
    return values.get(word, values.get(word.removesuffix("s")))


def _multiplies(value: int) -> bool:
    return value in {100, _DOZEN} or value >= 1000


def _goes_on(said: list[int], value: int) -> bool:
    """Whether a number word belongs to those before it: it multiplies them, or fills the place their zeros keep."""
    last = said[-1]
    if _multiplies(value):
        return value > last or value == _DOZEN or (value == 100 and last >= 1000)  # "mille cent"
    if value == _SCORE and last == 4:
        return True
    room = next((unit for unit in (1000, 100, 10) if last % unit == 0), 0)
    return value < room or (last in {60, _SCORE} and 10 <= value < _SCORE)


def _sum(said: list[int]) -> float:
    total, now = 0, 0
    for value in said:
        if value >= 1000:
            total, now = total + max(now, 1) * value, 0
        elif _multiplies(value) and not (value == _DOZEN and now >= _SCORE):
            now = max(now, 1) * value
        elif value == _SCORE and now == 4:
            now = now * value
        else:
            now += value
    return float(total + now)
