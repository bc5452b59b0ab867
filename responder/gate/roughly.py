"""Figures told by and large: "shortly before eight" of 19:55, "more than a thousand" of 1,140."""

from collections.abc import Iterable

from responder.gate.clock_words import DAY, HALF_DAY
from responder.gate.reading import rx

_MINUTES = 20
_SHARE = 0.15
_TWICE = frozenset({100, 1000})  # "a couple of hundred"
_ROUND = 10  # who rounds, rounds to tens at least
_A_LITTLE = (
    r"\b(?:shortly|just|a little|a bit|slightly|not long|moments|a few minutes|(?:un )?(?:petit )?peu|juste"
    r"|(?:un )?po(?:co|quito)|justo|algo) "
)
_BEFORE = _A_LITTLE + r"(?:before|avant|antes de)(?: las?)?\W*$"
_AFTER = _A_LITTLE + r"(?:after|past|apres|despues de)(?: las?)?\W*$"
_ABOUT = r"\b(?:around|about|towards?|vers|autour de|aux alentours de|hacia|sobre|alrededor de)(?: las?)?\W*$"
_MORE = r"\b(?:more than|over|upwards of|plus de|mas de)(?: las?| an?)?\W*$"
_LESS = (
    r"\b(?:nearly|almost|close to|not quite|(?:just|a little|a bit|slightly) (?:under|less than)"
    r"|pres de|un peu moins de|presque|casi|cerca de|un poco menos de)(?: an?)?\W*$"
)
_COUPLE = r"\b(?:couple of|par de)\s$"
_SOME = r"\b(?:about|around|some|roughly|environ|quelque|unos|unas|alrededor de)(?: an?)?\W*$"


def moment(before: str, minute: float, known: Iterable[float]) -> bool:
    """Whether a time of day (minutes, either clock) with the words before it tells one of the known times."""
    gaps = [(time - told) % DAY for time in known for told in (minute, minute + HALF_DAY)]
    early = rx(_BEFORE).search(before) and any(gap >= DAY - _MINUTES for gap in gaps)
    late = rx(_AFTER).search(before) and any(gap <= _MINUTES for gap in gaps)
    near = rx(_ABOUT).search(before) and any(min(gap, DAY - gap) <= _MINUTES for gap in gaps)
    return bool(early or late or near)


def count(before: str, number: float, known: Iterable[float]) -> bool:
    """Whether a round number with the words before it tells one of the known numbers."""
    if rx(_COUPLE).search(before) and number in _TWICE:
        number, before = 2 * number, "some "
    if number < _ROUND or number % _ROUND:
        return False
    more = rx(_MORE).search(before) and any(number < each <= number * (1 + _SHARE) for each in known)
    less = rx(_LESS).search(before) and any(number * (1 - _SHARE) <= each < number for each in known)
    some = rx(_SOME).search(before) and any(abs(each - number) <= number * _SHARE for each in known)
    return bool(more or less or some)
