"""Weekdays and months of a reply that neither the facts nor the customer name."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from responder.gate.reading import rx

_WEEKDAYS = {
    name: day
    for names in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "lunes martes miercoles jueves viernes sabado domingo",
    )
    for day, name in enumerate(names.split())
}
_MONTHS = (
    r"\b(?:january|february|march(?= \d)|april|may(?= \d)|june|july|august|september|october|november|december"
    r"|janvier|fevrier|mars|avril|mai(?= \d)|juin|juillet|aout|septembre|octobre|novembre|decembre"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)\b"
)
_MONTH_NAMES = (
    "january february march april may june july august september october november december",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
)


def strange_days(text: str, said: str, moments: Sequence[datetime]) -> Iterator[tuple[int, int]]:
    """Start and end of each in a folded reply. ``said``: what may be named, folded; so may the days of `moments`."""
    named_days = {_WEEKDAYS[name] for name in _WEEKDAYS if rx(rf"\b{name}\b").search(said)}
    days = {moment.weekday() for moment in moments} | named_days
    for match in rx(r"\b(?:" + "|".join(_WEEKDAYS) + r")\b").finditer(text):
        if _WEEKDAYS[match[0]] not in days:
            yield match.span()
    months = {moment.month for moment in moments}
    months |= {month for found in rx(_MONTHS).finditer(said) for month in _months(found[0])}
    for match in rx(_MONTHS).finditer(text):
        told = _months(match[0])
        names = [line.split()[month - 1] for month in told for line in _MONTH_NAMES]
        if not any(name in said for name in names) and not told & months:
            yield match.span()


def _months(name: str) -> set[int]:
    """The numbers of the months that are called so in one of the languages."""
    return {month for line in _MONTH_NAMES for month, word in enumerate(line.split(), 1) if word == name}
