"""What features say in English — errors, obstacles, findings — told in the reader's language at the edge.

Features know no reader. Their fixed messages stand in ``MESSAGES`` once more, those with values as templates: a message
that one of them fits is translated, with the values it holds. Anything else is told as it came.
"""

import re
from functools import cache

from dashboards import heard_gate, heard_pages, heard_queue
from dashboards.called import called
from dashboards.languages import ENGLISH, _, later, look_up, speaking

MESSAGES: tuple[str, ...] = (
    later("Check the address."),
    later("This request is larger than %(size)s: send less at once."),
    *heard_queue.MESSAGES,
    *heard_gate.MESSAGES,
    *heard_pages.MESSAGES,
)
_QUOTED = frozenset({"said", "name", "words", "title", "text", "owner"})  # somebody's words: never translated
LONGEST = 600  # characters of a message of ours; what is longer is somebody's text, and would take seconds to compare
_PLACE = re.compile(r"%\\\((\w+)\\\)s")  # as re.escape writes %(name)s


def heard(message: str, among: tuple[str, ...] = ()) -> str:
    """The message in the reader's language; one that is not known as it came. ``among``: templates to try first."""
    if speaking() == ENGLISH:
        return message
    known = look_up(message)
    if known != message or len(message) > LONGEST:
        return known
    for template, pattern in (*_patterns(among), *_patterns(MESSAGES)):
        if found := pattern.fullmatch(message):
            values = found.groupdict().items()
            return _(template, **{name: _value(name, value, among) for name, value in values})
    return message


def _value(name: str, value: str, among: tuple[str, ...]) -> str:
    if name == "part":
        return called(value)
    return value if name in _QUOTED else heard(value, among)


@cache
def _patterns(templates: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Templates with what fits them; the longest first, so that the most exact wins."""
    filled = sorted((each for each in templates if "%(" in each), key=len, reverse=True)
    return tuple((each, re.compile(_pattern(each), re.DOTALL)) for each in filled)


def _pattern(template: str) -> str:
    """What fits a template; a value that stands in it twice must be the same."""
    named: set[str] = set()

    def place(found: re.Match[str]) -> str:
        again = found[1] in named
        named.add(found[1])
        return rf"(?P={found[1]})" if again else rf"(?P<{found[1]}>.+?)"

    return _PLACE.sub(place, re.escape(template)).replace("%%", "%")
