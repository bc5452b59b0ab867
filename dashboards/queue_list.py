"""The list of the queue as the pages ask for it: what is wanted, the rows with their marks, the counts of the views."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Annotated
from urllib.parse import urlencode

from fastapi import HTTPException, Query

from core.domain import Stage
from core.store import Store, desk, waiting
from core.store.lines import Line
from core.store.queue import Place
from core.store.waiting import Asked, Counts, View
from dashboards import spoken, wording
from dashboards.auth import Signed
from dashboards.languages import _, later, look_up, ngettext

_PLACE = re.compile(r"(-?\d{1,9})~((?:19|20)\d\d-[\d:.T+-]{6,40})~(\d{1,9})", re.ASCII)
MOST = 2**31  # ids are 32-bit integers on PostgreSQL
PAGE = 50  # rows of a page that is drawn without a script
AT_ONCE = 4_000  # ids of the list told in one answer
FRESH = timedelta(seconds=1)  # how long counts may be reused: everybody's pages ask after every event
VIEWS = {
    View.ALL: later("All", "view"),
    View.MINE: later("Mine", "view"),
    View.UNASSIGNED: later("Unassigned", "view"),
    View.ESCALATED: later("With the leads", "view"),
    View.SAFETY: later("Safety", "view"),
    View.ANGER: later("Outage anger", "view"),
    View.REPEAT: later("Wrote again", "view"),
    View.BLOCKED: later("Blocked", "view"),
    View.SNOOZED: later("Snoozed", "view"),
    View.UNKNOWN: later("May be out", "view"),
}
LONGER = (15, 60, 240, 1440, 4320)  # minutes
Short = Annotated[str, Query(max_length=40)]
Number = Annotated[str, Query(pattern=r"^[0-9]{0,9}$")]


@dataclass(frozen=True, slots=True)
class Wish:
    """What an address of the queue asks for; FastAPI makes it of the query. ``longer``: minutes."""

    view: View = View.ALL
    q: Annotated[str, Query(max_length=200)] = ""
    platform: Short = ""
    language: Short = ""
    incident: Number = ""
    stage: Short = ""
    longer: Number = ""

    def asked(self, me: int, now: datetime) -> Asked:
        return Asked(
            me=me,
            now=now,
            view=self.view,
            words=self.q,
            platform=self.platform,
            language=self.language,
            incident=int(self.incident) if self.incident else None,
            stage=self.stage,
            longer=timedelta(minutes=min(int(self.longer), 10**6)) if self.longer else None,
        )

    def query(self) -> str:
        """As it stands in an address, without what asks for nothing."""
        parts = {"view": self.view.value if self.view is not View.ALL else ""}
        parts |= {name: getattr(self, name) for name in ("q", "platform", "language", "incident", "stage", "longer")}
        return urlencode({name: value for name, value in parts.items() if value})

    @property
    def narrowed(self) -> bool:
        """Whether more than a view is asked for."""
        return any((self.q, self.platform, self.language, self.incident, self.stage, self.longer))


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list. ``gone``: why it waits no more, for one that was listed a moment ago."""

    line: Line
    mine: bool
    snoozed: datetime | None  # until
    until_they_write: bool
    gone: str


def listed(lines: Sequence[Line], signed: Signed, now: datetime, *, view: View) -> list[Listed]:
    return [_listed(line, signed, now, view) for line in lines]


def _listed(line: Line, signed: Signed, now: datetime, view: View) -> Listed:
    return Listed(
        line=line,
        mine=line.owner_id == signed.id,
        snoozed=line.snoozed_until if line.snoozed_until and line.snoozed_until > now else None,
        until_they_write=line.snoozed_until == desk.WRITES_AGAIN,
        gone="" if line.status == "waiting" or view is View.UNKNOWN else line.status,
    )


def place_in(text: str) -> Place | None:
    """A place as ``place_text`` wrote it; None for the start. Answers 422 to anything else."""
    if not text:
        return None
    found = _PLACE.fullmatch(text)
    try:
        since = datetime.fromisoformat(found[2]) if found else None
    except ValueError:
        since = None
    if found is None or since is None or since.tzinfo is None or int(found[3]) >= MOST:
        raise HTTPException(422, _("This place in the queue cannot be read. Reload the page."))
    return Place(int(found[1]), since, int(found[3]))


def place_text(place: Place) -> str:
    return f"{place.priority}~{place.since.isoformat()}~{place.id}"


def languages(of_brand: Sequence[str]) -> list[tuple[str, str]]:
    """The languages to choose from, those of the brand first."""
    tags = dict.fromkeys((*of_brand, *wording.LANGUAGES, "und"))
    return [(tag, wording.language(tag)) for tag in tags]


def stages() -> list[tuple[str, str]]:
    return [(stage.value, look_up(stage.value)) for stage in Stage]


def waits() -> list[tuple[int, str]]:
    """How long at least something may have waited, in minutes and in words."""
    days = [ngettext("%(num)s day", "%(num)s days", minutes // 1440) for minutes in LONGER if minutes >= 1440]
    return list(zip(LONGER, (*(spoken.span(60 * minutes) for minutes in LONGER if minutes < 1440), *days), strict=True))


class Counting:
    """The counts beside the views, looked up at most once a second for all pages. One per app."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._looking = Lock()
        self._known: tuple[datetime, Counts] | None = None

    def now(self, now: datetime) -> Counts:
        """One request looks, the others go on with what is known."""
        known = self._known
        if known is not None and timedelta(0) <= now - known[0] < FRESH:
            return known[1]
        if self._looking.acquire(blocking=known is None):
            try:
                with self._store.read() as db:
                    known = self._known = (now, waiting.counts(db, now))
            finally:
                self._looking.release()
        return known[1] if known else self.now(now)
