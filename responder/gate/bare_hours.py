"""Hours told without a mark of their own: "Eight is when", "ten tonight", "from twenty to two", "thirteen-thirty".

Each could be something else as well; so they are read only where a number stands on nothing otherwise, and count only
as a time that was told.
"""

from collections.abc import Iterator

from responder.gate.clock_words import (
    CLOCK_WORDS,
    DAY,
    DAY_HOURS,
    FULL_MINUTES,
    HALF_DAY,
    HOUR_WORD,
    MINUTE_WORDS,
    TO_HALF,
)
from responder.gate.known import Known
from responder.gate.number_words import any_of
from responder.gate.reading import rx

_FAR = 40
_END = r"(?=\s*(?:$|[.,;:!?)]))"
_DIGITS = r"(?:1[0-2]|[1-9])"
_DUE = r"\b(?:by|before)(?: the)? $"  # to be ready by then is more than a time
_HOUR_ALONE = (
    rf"\b(?:the )?clocks? (?:says?|strikes?|shows?|reads?) (?P<strikes>{HOUR_WORD}|{_DIGITS})\b"
    rf"|\b(?P<head>{HOUR_WORD}|{_DIGITS}) is when\b"
    rf"|\b(?P<day>{HOUR_WORD}|{_DIGITS}) (?:tonight|(?:this|in the) (?:(?P<early>morning)|afternoon|evening))\b"
    rf"|\b(?:tonight|this (?:morning|evening)|o'clock) (?:instead of|rather than) (?P<other>{HOUR_WORD}|{_DIGITS})\b"
)
_MINUTES_TO = (
    rf"\bfrom (?P<part>{TO_HALF}|a quarter) to (?P<hour>{HOUR_WORD})\b"
    rf"|\b(?:at|about|around|since) (?P<gap>{TO_HALF}|a quarter) (?P<side>to|past){_END}"
)
_HOUR_AND = rf"\b(?P<hour>{HOUR_WORD}) (?P<side>y|menos) (?P<part>media|cuarto|{any_of(FULL_MINUTES)})\b"
_TOGETHER = rf"\b(?P<hour>{any_of(DAY_HOURS)})[\s-](?P<minute>{any_of(FULL_MINUTES)})"


def told(start: int, end: int, text: str, known: Known) -> bool:
    """Whether what stands at a place of a folded text is part of an hour that was told."""
    left, right = max(0, start - _FAR), min(len(text), end + _FAR)
    return any(
        at <= start
        and end <= until
        and not rx(_DUE).search(text, left, at)
        and any(value in known.moments.told for value in values)
        for at, until, values in _read(text, left, right, known)
    )


def _read(text: str, left: int, right: int, known: Known) -> Iterator[tuple[int, int, set[float]]]:
    """Start, end and the times of day that may be meant."""
    for match in rx(_HOUR_ALONE).finditer(text, left, right):
        if match["day"]:
            yield *match.span(), {float(CLOCK_WORDS[match["day"]] % 12 * 60 + (0 if match["early"] else HALF_DAY))}
        else:
            yield *match.span(), _both(CLOCK_WORDS[match["strikes"] or match["head"] or match["other"]] * 60)
    for match in rx(_MINUTES_TO).finditer(text, left, right):
        part = match["part"] or match["gap"]
        minutes = 15 if "quarter" in part else MINUTE_WORDS[part]
        if match["hour"]:
            yield *match.span(), _both(CLOCK_WORDS[match["hour"]] * 60 - minutes)
        else:
            past = (minutes if match["side"] == "past" else -minutes) % 60
            yield *match.span(), {time for time in known.moments.told if time % 60 == past}
    for match in rx(_HOUR_AND).finditer(text, left, right):
        minutes = {"media": 30, "cuarto": 15}.get(match["part"]) or FULL_MINUTES[match["part"]]
        yield *match.span(), _both(CLOCK_WORDS[match["hour"]] * 60 + (minutes if match["side"] == "y" else -minutes))
    for match in rx(_TOGETHER).finditer(text, left, right):
        hour, minute = DAY_HOURS[match["hour"]], FULL_MINUTES[match["minute"]]
        yield *match.span(), {float(hour * 60 + minute)} if hour > 12 else _both(hour * 60 + minute)


def _both(minute: int) -> set[float]:
    return {float(minute % DAY), float((minute + HALF_DAY) % DAY)}
