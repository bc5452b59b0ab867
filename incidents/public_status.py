"""The public outage page as plain files: made from the facts when they change, served without asking anything.

``refresh`` is a job. What it writes can be any web root: a page for each language of the brand, and one style sheet.
Each page and the style sheet are together under 14 kB, so that they fit the first answer of a cold connection.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.clock import Clock
from core.domain import FactSheet, IncidentStatus
from core.settings import Brand
from core.store import Session, Store, incidents, links
from incidents.words import Names, full, in_words, is_foreign, listed, of_brand, where, words

if TYPE_CHECKING:
    from jinja2 import Template

HERE = Path(__file__).parent / "public"
CSS, INDEX = "status.css", "index.html"
LIMIT = 14_000  # bytes of a page with its style sheet; 10 TCP segments of a first answer hold 14,600
HEADERS = 1_000  # bytes kept free for the headers of both answers
_ASKED = ("scope", "restored", "cause", "next_step", "workaround", "compensation", "prevention", "phone")
_FIRST = frozenset({"scope", "cause", "next_step"})


@dataclass(frozen=True, slots=True)
class Notice:
    """One incident as the public reads it."""

    title: str
    titled_in: str  # the title's language
    state: str
    over: bool
    started_at: datetime
    began: str
    next: str  # when we speak next, or that this is late or not set; "" when it is over
    facts: Sequence[tuple[str, str, str]]  # question, answer, the answer's language
    links: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Room:
    """How much of each incident is said. The last step fits whatever the facts are."""

    incidents: int
    over: bool  # with the facts of resolved incidents
    all_facts: bool
    answer: int  # characters of one answer


_ROOMS = (
    _Room(20, over=True, all_facts=True, answer=4000),
    _Room(20, over=False, all_facts=True, answer=4000),
    _Room(12, over=False, all_facts=True, answer=900),
    _Room(8, over=False, all_facts=True, answer=400),
    _Room(6, over=False, all_facts=False, answer=300),
    _Room(4, over=False, all_facts=False, answer=120),
)


def refresh(
    store: Store, *, brand: Brand, folder: Path, clock: Clock, past_after: timedelta, names: Names | None = None
) -> bool:
    """Writes the page anew when anything on it changed (its time of day does, each minute); returns whether it did.

    ``past_after``: how long the end of an incident is told, when nobody closes it before.
    ``names``: what people call components in the brand's languages after the first, in which they keep their own.
    Raises Transient when the database is away (what is there stays), OSError when the folder cannot be written.
    """
    now = clock()
    with store.read() as db:
        sheets = public_sheets(db, brand, now - past_after)
    content = render(sheets, brand=brand, now=now, names=names)
    if all(_same(folder / name, body) for name, body in content.items()):
        return False
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(content, key=lambda name: name.endswith(".html")):  # the style sheet first
        _write(folder / name, content[name])
    return True


def public_sheets(db: Session, brand: Brand, since: datetime) -> list[FactSheet]:
    """The confirmed incidents, the newest first, with what may be published and only with addresses that answer.

    Without what was resolved before ``since``.
    """
    dead = links.down(db)
    rows = incidents.told(db, brand.name, since=since)
    return [links.alive(incidents.sheet_of(db, row, brand.as_voice(), brand.zone()), dead) for row in rows]


def render(sheets: Sequence[FactSheet], *, brand: Brand, now: datetime, names: Names | None = None) -> dict[str, bytes]:
    """File name → content: index.html in the brand's first language, fr.html and the like, and the style sheet."""
    css = stylesheet()
    spoken = of_brand(brand.languages)
    pages = {}
    for tag in spoken:
        told = [in_words(sheet, tag, spoken, names or {}) for sheet in sheets]
        pages[name_of(tag, spoken)] = _page(tag, spoken, told, brand, now, len(css))
    return pages | {CSS: css}


@cache
def stylesheet() -> bytes:
    return (HERE / CSS).read_bytes()


def name_of(language: str, spoken: Sequence[str]) -> str:
    return INDEX if language == spoken[0] else f"{language}.html"


def _page(
    language: str, spoken: Sequence[str], sheets: Sequence[FactSheet], brand: Brand, now: datetime, css: int
) -> bytes:
    """In the fullest form that stays under the limit."""
    body = b""
    for room in _ROOMS:
        body = _rendered(language, spoken, sheets, brand, now, room)
        if len(body) + css + HEADERS < LIMIT:
            break
    return body


def _rendered(
    language: str, spoken: Sequence[str], sheets: Sequence[FactSheet], brand: Brand, now: datetime, room: _Room
) -> bytes:
    page = words(language)["page"]
    here = now.astimezone(brand.zone())
    notices = [_notice(sheet, language, spoken[0], here, room) for sheet in sheets]
    is_open = [notice for notice in notices if not notice.over]
    over = [notice for notice in notices if notice.over]
    shown, others = is_open[: room.incidents], max(0, len(is_open) - room.incidents)
    html = _template().render(
        language=language,
        languages=[(tag, _address(tag, spoken), words(tag)["name"]["this"]) for tag in spoken],
        css=CSS,
        page=page,
        brand=brand.name,
        at=page["at"].format(handle=brand.handles[0]) if brand.handles else "",
        open=shown,
        over=over[: max(0, room.incidents - len(shown))],
        others=others,
        now=full(here, language),
        zone=brand.time_zone.replace("_", " "),
    )
    return html.encode()


def _address(language: str, spoken: Sequence[str]) -> str:
    """Relative, so that it holds in any folder of a web root and behind our own /status."""
    return name_of(language, spoken)


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    env = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return env.get_template("status.html")


def _notice(sheet: FactSheet, language: str, own: str, now: datetime, room: _Room) -> Notice:
    over = sheet.status is IncidentStatus.RESOLVED
    book = words(language)
    asked, started = book["asked"], sheet.started_at or now
    silent = over and not room.over
    return Notice(
        title=_cut(sheet.title, 160),
        titled_in=own,
        state=book["status"][sheet.status.value] if sheet.status else "",
        over=over,
        started_at=started,
        began=full(started, language),
        next="" if over else _next(sheet, language, now),
        facts=[]
        if silent
        else [
            (
                asked["done" if over and name == "next_step" else name],
                _cut(text, room.answer),
                own if foreign else language,
            )
            for name, text, foreign in _answers(sheet, language, room)
        ],
        links=[] if silent else [link for link in sheet.links if _is_address(link)][:3],
    )


def _next(sheet: FactSheet, language: str, now: datetime) -> str:
    page = words(language)["page"]
    if sheet.next_update_at is None:
        return str(page["none"])
    time = full(sheet.next_update_at, language)
    return str(page["late"]).format(time=time) if sheet.next_update_at <= now else f"{page['next']} {time}"


def fact(sheet: FactSheet, name: str, language: str) -> str:
    """A fact in one language, else as it was written."""
    return sheet.get(f"{name}.{language}") or sheet.get(name)


def _answers(sheet: FactSheet, language: str, room: _Room) -> Iterator[tuple[str, str, bool]]:
    """What a customer asks for, in the order it comes up, and whether the answer is in another language.

    The first ones are answered even with "not known".
    """
    asked, over = words(language)["asked"], sheet.status is IncidentStatus.RESOLVED
    for name in _ASKED:
        if (over and name == "workaround") or not (room.all_facts or name in _FIRST):
            continue
        answer = _sentence(listed(sheet.restored, language)) if name == "restored" else fact(sheet, name, language)
        if answer := answer or _unknown(sheet, name, asked, language):
            yield name, answer, is_foreign(sheet, name, language)


def _unknown(sheet: FactSheet, name: str, asked: Mapping[str, str], language: str) -> str:
    if name == "scope":
        return _sentence(where(sheet, language)) or asked["unknown"]
    if name == "cause":
        # A cause that is found but held back must not be called unknown beside "we know the cause".
        return asked["unknown"] if sheet.status is IncidentStatus.INVESTIGATING else asked["held"]
    return ""  # what we are doing stands in the state: we never say that we do not know it


def _sentence(text: str) -> str:
    """With a capital, unless the first word is a name that has its own."""
    return text[:1].upper() + text[1:] if text.partition(" ")[0].islower() else text


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0][: most - 1].rstrip() + "…"


def _is_address(link: str) -> bool:
    try:
        return urlsplit(link).scheme in ("http", "https") and bool(urlsplit(link).hostname) and len(link) < 300
    except ValueError:
        return False


def _same(file: Path, body: bytes) -> bool:
    try:
        return file.read_bytes() == body
    except FileNotFoundError:
        return False


def _write(file: Path, body: bytes) -> None:
    """Whole or not at all: a reader sees the old page or the new one, also when we die in between."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as part:
            part.write(body)
            part.flush()
            os.fsync(part.fileno())
        Path(name).chmod(0o644)  # a web server reads it as another user
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
