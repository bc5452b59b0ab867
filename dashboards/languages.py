"""The interface's texts in the reader's language. English stands in the code and is the key of every other language.

``_("Use at least %(count)s characters.", count=10)`` is translated where it stands; ``later("Waiting")`` only marks a
text of a table, and ``_(TABLE[key])`` translates it where it is shown. Texts with named values are filled with
``%(name)s``; without values a text is taken as it is. Catalogues lie in ``locale/<language>/*.po`` (GNU gettext) and
are read when the first reader of that language comes.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from gettext import c2py
from pathlib import Path

from markupsafe import Markup

HERE = Path(__file__).parent / "locale"
ENGLISH = "en"
LANGUAGES = {"en": "English", "fr": "Français"}  # each by its own name
SCRIPTS = "scripts"  # catalogues whose names begin so go to the browser
_BETWEEN = "\x04"  # context and text in a key, as gettext has it

_speaking: ContextVar[str] = ContextVar("language", default=ENGLISH)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language: texts by their English, plural forms by the English singular, and which form a number takes."""

    texts: Mapping[str, str]
    plurals: Mapping[str, Sequence[str]]
    form: Callable[[int], int]
    script: str  # the part that our scripts need, as a script
    digest: str  # of that script


# --- which language ----------------------------------------------------------------------------------------------


def speak(language: str) -> None:
    """From here on in this request, texts are in this language; one that is not known is English."""
    _speaking.set(language if language in LANGUAGES else ENGLISH)


def speaking() -> str:
    return _speaking.get()


def choose(own: str, accepted: str, otherwise: str) -> str:
    """The language of a request. ``own``: the person's choice or ""; ``accepted``: the browser's Accept-Language."""
    wished = (own, *_by_liking(accepted), otherwise)
    return next((tag for tag in wished if tag in LANGUAGES), ENGLISH)


def _by_liking(accepted: str) -> list[str]:
    """``fr-CA,en;q=0.8`` → ["fr", "en"]; what cannot be read falls away (RFC 9110, 12.5.4)."""
    found: list[tuple[float, str]] = []
    for part in accepted[:400].replace(" ", "").split(","):
        tag, _semicolon, weight = part.partition(";q=")
        try:
            liking = float(weight or 1)
        except ValueError:
            continue
        if liking > 0:
            found.append((-liking, tag.partition("-")[0].lower()))
    return [tag for _liking, tag in sorted(found, key=lambda pair: pair[0])]


# --- texts -------------------------------------------------------------------------------------------------------


def later(text: str, _context: str = "") -> str:
    """Marks a text of a table, which ``_``, ``| tr`` or, with a context, ``pgettext`` translates where it is shown."""
    return text


def look_up(text: str, context: str = "") -> str:
    """The text as the reader's language has it, not filled; English where it has none.

    ``context`` tells apart what English says with one word; a text without one serves where none has it.
    """
    if (known := catalogue(speaking())) is None:
        return text
    return known.texts.get(f"{context}{_BETWEEN}{text}" if context else text) or known.texts.get(text) or text


def look_up_number(one: str, many: str, number: int) -> str:
    """Of a text with a number the form that the number takes, not filled."""
    known = catalogue(speaking())
    forms = known.plurals.get(one, ()) if known else ()
    form = known.form(number) if known else 0
    return forms[form] if form < len(forms) else one if number == 1 else many


def _(text: str, /, **named: object) -> str:
    return look_up(text) % named if named else look_up(text)


def pgettext(context: str, text: str, /, **named: object) -> str:
    return look_up(text, context) % named if named else look_up(text, context)


def ngettext(one: str, many: str, number: int, /, **named: object) -> str:
    """``%(num)s`` in the text is the number, written as the language writes numbers."""
    return look_up_number(one, many, number) % ({"num": counted(number)} | named)


def counted(number: float, digits: int = 0) -> str:
    """``12,345.6`` as the reader's language writes it; French: ``12 345,6`` with a narrow space that does not break."""
    written = f"{number:,.{digits}f}"
    if speaking() == "fr":
        return written.translate({ord(","): "\u202f", ord("."): ","})
    return written


# --- templates: what is filled in is escaped, the text is ours ----------------------------------------------------


def _marked(text: str, /, **named: object) -> Markup:
    return Markup(look_up(text)) % named if named else Markup(look_up(text))  # nosec B704  # noqa: S704 - a constant of a template


def _marked_in(context: str, text: str, /, **named: object) -> Markup:
    found = Markup(look_up(text, context))  # nosec B704  # noqa: S704 - a constant of a template
    return found % named if named else found


def _marked_number(one: str, many: str, number: int, /, **named: object) -> Markup:
    return Markup(look_up_number(one, many, number)) % ({"num": counted(number)} | named)  # nosec B704  # noqa: S704 - the same


IN_TEMPLATES: Mapping[str, Callable[..., object]] = {
    "_": _marked,
    "pgettext": _marked_in,
    "ngettext": _marked_number,
    "page_language": speaking,
}
FILTERS: Mapping[str, Callable[..., object]] = {"tr": look_up, "counted": counted}  # of values: escaped like any other


# --- catalogues --------------------------------------------------------------------------------------------------


@cache
def catalogue(language: str) -> Catalogue | None:
    """A language read from its files, once; None for English, which needs none."""
    if language == ENGLISH:
        return None
    import polib  # needed for readers of other languages only

    texts: dict[str, str] = {}
    plurals: dict[str, Sequence[str]] = {}
    for_scripts: dict[str, str | Sequence[str]] = {}
    rule = "n != 1"
    for path in sorted((HERE / language).glob("*.po")):
        file = polib.pofile(str(path))
        rule = _plural_rule(file.metadata.get("Plural-Forms", "")) or rule
        for entry in file:
            key = f"{entry.msgctxt}{_BETWEEN}{entry.msgid}" if entry.msgctxt else entry.msgid
            if entry.msgid_plural:
                plurals[key] = tuple(entry.msgstr_plural[form] for form in sorted(entry.msgstr_plural))
            else:
                texts[key] = entry.msgstr
            if path.name.startswith(SCRIPTS):
                for_scripts[key] = plurals[key] if entry.msgid_plural else texts[key]
    script = _script(for_scripts, rule)
    return Catalogue(texts, plurals, c2py(rule), script, hashlib.sha256(script.encode()).hexdigest()[:12])


def _plural_rule(header: str) -> str:
    """``nplurals=2; plural=(n > 1);`` → ``(n > 1)``, an expression of C, and so of JavaScript."""
    return header.partition(" plural=")[2].strip().rstrip(";")


def _script(texts: Mapping[str, str | Sequence[str]], rule: str) -> str:
    """What static/js/texts.js looks its texts up in. ``rule`` comes from our own files, and c2py has read it."""
    written = json.dumps(texts, ensure_ascii=True, sort_keys=True)
    return f"globalThis.amendsTexts = {{ form: (n) => Number({rule}), texts: {written} }};\n"


def script_address() -> str:
    """Where the reader's texts for scripts lie; "" where none are needed."""
    known = catalogue(speaking())
    return f"/texts/{speaking()}.{known.digest}.js" if known else ""
