"""Number words in English, French and Spanish, and what they make together: "four hundred", "ciento veinte mil"."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

_UNITS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen twenty",
    "fr": "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept"
    " dix-huit dix-neuf vingt",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis"
    " diecisiete dieciocho diecinueve veinte",
}
_TENS = {
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
    "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "cent": 100, "treinta": 30, "cuarenta": 40,
    "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80, "noventa": 90, "cien": 100, "ciento": 100,
    "vingt-quatre": 24, "quarante-huit": 48, "veinticuatro": 24, "twenty-four": 24, "forty-eight": 48,
    "dozen": 12, "thousand": 1000, "mil": 1000, "mille": 1000, "million": 1_000_000,
    "quinzaine": 15, "quincena": 15, "fortnight": 14,
}  # fmt: skip
_HUNDREDS_ES = "doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
for _value_es, _word_es in zip(range(200, 1000, 100), _HUNDREDS_ES.split(), strict=True):
    _TENS |= {_word_es: _value_es, _word_es.removesuffix("os") + "as": _value_es}
# "un", "once" and "one" are articles, adverbs and pronouns far more often than figures.
_NOT_FIGURES = frozenset({"zero", "one", "un", "uno", "cero", "once", "neuf", "nueve"})
NUMBER_WORDS = (
    {word: value for names in _UNITS.values() for value, word in enumerate(names.split()) if word not in _NOT_FIGURES}
    | _TENS
    | {"nine": 9}
)

_TWENTIES_ES = "veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve"
_JOINED = {"en": ("-", " "), "fr": ("-", " "), "es": (" y ",)}
_BY_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "fr": "vingt trente quarante cinquante soixante",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
}


def _compounds() -> dict[str, int]:
    """The numbers of two words, as far as the language builds them in one way: "thirty-five", "treinta y cinco"."""
    found = {word: value for value, word in enumerate(_TWENTIES_ES.split(), 21)}
    for language, tens in _BY_TENS.items():
        units = _UNITS[language].split()[1:10]
        for ten, name in enumerate(tens.split(), 2):
            found |= {
                f"{name}{join}{unit}": ten * 10 + one for one, unit in enumerate(units, 1) for join in _JOINED[language]
            }
            if language == "fr":
                found |= {f"{name} et un": ten * 10 + 1, f"{name}-et-un": ten * 10 + 1}
    return found


NUMBER_WORDS |= _compounds()
BOUND = {"neuf": 9, "nueve": 9, "one": 1}  # figures only beside others: "cent neuf", "nueve mil", "one thousand"
OF_HOURS = BOUND | {"once": 11}  # and before hours and minutes: "neuf heures", "once horas"
_VALUES = {f"{word}s": value for word, value in NUMBER_WORDS.items()} | NUMBER_WORDS | BOUND | {"neufs": 9}
_PART_OF_PER = frozenset({"cent", "ciento"})
_PER = ("per ", "pour ", "por ")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_JOIN = re.compile(r"[\s-]|\s(?:and|et|y)\s")
_DOZEN = 12
_SCORE = 20  # "quatre-vingt" is four of them


def any_of(names: Iterable[str]) -> str:
    """A pattern for one of the words, the longest first; grouped by the first letter, so that most are never tried."""
    begins: dict[str, list[str]] = {}
    for name in sorted(names, key=len, reverse=True):
        begins.setdefault(name[0], []).append(re.escape(name[1:]))
    return "(?:" + "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in begins.items()) + ")"


ANY_NUMBER = any_of(NUMBER_WORDS)  # put together once: it is long, and asked for with every text


@lru_cache(maxsize=64)
def composed(folded: str) -> tuple[tuple[int, int, float], ...]:
    """Start, end and value of every number in words, in the plural as well."""
    groups: list[tuple[int, int, list[int]]] = []
    for start, end, value in _single(folded):
        if groups and _JOIN.fullmatch(folded, groups[-1][1], start) and _goes_on(groups[-1][2], value):
            groups[-1] = (groups[-1][0], end, [*groups[-1][2], value])
        else:
            groups.append((start, end, [value]))
    return tuple((start, end, _sum(said)) for start, end, said in groups if folded[start:end] not in BOUND)


def _single(folded: str) -> Iterator[tuple[int, int, int]]:
    for match in _WORD.finditer(folded):
        word = match[0]
        if word in _VALUES:
            if not (word in _PART_OF_PER and folded.endswith(_PER, 0, match.start())):
                yield match.start(), match.end(), _VALUES[word]
        elif "-" in word:
            for part in re.finditer(r"[^-]+", word):
                if part[0] in _VALUES:
                    yield match.start() + part.start(), match.start() + part.end(), _VALUES[part[0]]


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
