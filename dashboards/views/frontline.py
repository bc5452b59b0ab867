"""Front line: what phone and shop say about an incident, drawn from its facts each time the page is opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from core.domain import IncidentStatus
from core.store import Session, coverage, frontline, incidents, links, listings, promises
from core.store.coverage import Whose
from core.store.incidents import IncidentRow
from core.store.links import LinkRow
from dashboards.auth import Viewer, deps_of
from dashboards.deps import Deps
from dashboards.languages import _, later, speaking
from dashboards.pages import page
from dashboards.sheet_words import STATUS_WORDS
from dashboards.views.incident import Id
from incidents.briefing import Pack, pack, pieces
from incidents.inside import Course
from incidents.questions import most_asked
from incidents.words import of_brand, words
from responder.writers.phrasebook import names

router = APIRouter()
CAUTIONS: Mapping[IncidentStatus, str] = {
    IncidentStatus.SUSPECTED: later("This incident is not open. Say nothing of it until it is confirmed."),
    IncidentStatus.CLOSED: later("This incident is closed. These texts are for those who still ask about it."),
    IncidentStatus.DISMISSED: later("This was no incident. Say nothing of it."),
    IncidentStatus.MERGED: later("This is part of another incident. Say what stands there."),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A pack and what it was drawn from."""

    row: IncidentRow
    pack: Pack
    dead: Sequence[LinkRow]


@router.get("/frontline")
def newest(request: Request, signed: Viewer, language: str = "") -> Response:
    """The pack of the open incident; when none is open, calm words."""
    deps = deps_of(request)
    with deps.store.read() as db:
        row = incidents.newest_told(db, deps.settings.brand.name, since=deps.past_since())
    if row is None:
        return page(request, "frontline.html", signed, title=_("Front line"), drawn=None, language="", languages=[])
    return show(request, signed, row.id, language)


@router.get("/incidents/{incident_id}/frontline")
def show(request: Request, signed: Viewer, incident_id: Id, language: str = "") -> Response:
    deps = deps_of(request)
    spoken = of_brand(deps.settings.brand.languages)
    chosen = next((each for each in (language, speaking()) if each in spoken), spoken[0])
    with deps.store.read() as db:
        row = listings.incident(db, deps.settings.brand.name, incident_id)
        if row is None:
            raise HTTPException(404)
        drawn = _draw(db, row, deps, chosen, spoken)
    return page(
        request,
        "frontline.html",
        signed,
        title=_("Front line: %(title)s", title=row.title),
        drawn=drawn,
        words=_(STATUS_WORDS[IncidentStatus(row.status)]),
        caution=CAUTIONS.get(IncidentStatus(row.status), ""),
        pieces=pieces,
        language=chosen,
        languages=[(tag, words(tag)["name"]["this"]) for tag in spoken],
    )


def _draw(db: Session, row: IncidentRow, deps: Deps, language: str, spoken: Sequence[str]) -> Drawn:
    brand, now = deps.settings.brand, deps.clock()
    dead = links.down(db)
    # Without ``now``: a time that has passed is shown as late, not left out.
    sheet = links.alive(incidents.sheet_of(db, row, brand.as_voice(), brand.zone()), dead)
    figures = listings.figures(db, [row.id])[row.id]
    angry, leaving = frontline.angry_and_leaving(db, row.id)
    cells = coverage.cells(db, Whose(brand=brand.name, incident_id=row.id))
    course = Course(
        customers=figures.customers,
        mentions=figures.mentions,
        angry=angry,
        leaving=leaving,
        answered=sum(cell.answered for cell in cells.values()),
        sent=figures.sent,
        waiting=figures.waiting,
        overdue=len(promises.open_due(db, brand.name, now)),
    )
    made = pack(
        sheet,
        questions=most_asked(frontline.asking(db, row.id)),
        course=course,
        language=language,
        languages=spoken,
        names=names(),
        now=now,
    )
    named = {
        *row.links,
        *(each for text in incidents.facts_in_force(db, row.id).values() for each in links.addresses_in(text)),
    }
    return Drawn(row, made, [each for each in links.all_of(db) if not each.ok and each.url in named])
