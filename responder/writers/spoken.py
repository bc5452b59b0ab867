"""Times, lists and durations as people say them in one language."""

from collections.abc import Sequence
from datetime import datetime

from responder.writers.phrasebook import Phrasebook

_SMALL = 12  # numbers up to here are words


def clock_time(moment: datetime, book: Phrasebook) -> str:
    """14:30 → "2:30 pm", "14 h 30", "14:30"; the moment's own offset is kept."""
    form = book.speak["time"] if moment.minute else book.speak["time_full"]
    return form.format(
        h=moment.hour,
        h12=moment.hour % 12 or 12,
        m=f"{moment.minute:02d}",
        half="am" if moment.hour < 12 else "pm",
    )


def at(moment: datetime, now: datetime, book: Phrasebook) -> str:
    """As "at 2:30 pm", with the date when it is not today where the moment is counted."""
    return _dated("at", moment, now, book)


def since(moment: datetime, now: datetime, book: Phrasebook) -> str:
    """As "since 6:40 am", with the date when it is not today where the moment is counted."""
    return _dated("since", moment, now, book)


def _dated(key: str, moment: datetime, now: datetime, book: Phrasebook) -> str:
    time = clock_time(moment, book)
    if now.astimezone(moment.tzinfo).date() == moment.date():
        return book.speak[f"{key}_one" if moment.hour == 1 else key].format(time=time)
    form = book.speak[f"{key}_date"]
    return form.format(time=time, day=moment.day, month=book.months[moment.month - 1])


def listed(names: Sequence[str], book: Phrasebook) -> str:
    """As "Hamilton, Niagara and Lakeshore"; "" for none."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {book.speak['and']} {names[-1]}"


def amount(number: int, unit: str, book: Phrasebook) -> str:
    """3, "hour" → "three hours"; above twelve in figures."""
    one, many = book.units[unit]
    if number == 1:
        return one
    return many.format(n=book.numbers[number] if number <= _SMALL else number)


def capital(text: str) -> str:
    """The text with its first letter as a sentence begins."""
    return text[:1].upper() + text[1:]


def uncapital(text: str, book: Phrasebook) -> str:
    """The text as it goes on after a colon: the capital goes only from a word that is not a name."""
    first = text.split(" ", 1)[0].split("'", 1)[0]
    return text[:1].lower() + text[1:] if first.lower() in book.function_words else text
