"""One incident: where it stands, its fact sheet edited in place, its timeline, its export."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.domain import FACT_NAMES, LEGAL_MOVES, OPEN, IncidentStatus, goes_back
from core.errors import Conflict, InputError
from core.store import coverage, listings
from core.store import incidents as rows
from core.store.coverage import Whose
from core.store.incidents import FactRow, IncidentRow
from dashboards.auth import Lead, Signed, Viewer, deps_of, require
from dashboards.deps import Deps
from dashboards.forms import LONGEST, Fields, Form, local, too_long
from dashboards.heard import heard
from dashboards.languages import _, later, pgettext
from dashboards.pages import page
from dashboards.sheet_words import BACK_VERBS, ENDS, FACT_WORDS, LANGUAGES, STATUS_WORDS, VERBS, is_over, is_overdue
from dashboards.timeline import entries
from incidents import facts_file, lifecycle
from incidents.contradictions import Doubt, doubts
from incidents.facts import STATE_WORDS, SheetChanges
from incidents.lifecycle import REASON_WORDS

router = APIRouter()
FACT_CLASH = later("Somebody else changed this while you were writing. Compare, then save the one that is right.")
TIME_CLASH = later("Somebody else changed this incident meanwhile. Look at the time that stands now, then save again.")
SHEET_CLASH = later(
    "Somebody else changed this incident meanwhile. Above is what stands now, below is yours: save the right one."
)


def number_of(incident_id: str) -> int:
    """Dependency: the number in the address; one that no row can have is not found."""
    if not (incident_id.isascii() and incident_id.isdigit() and len(incident_id) < 10):
        raise HTTPException(404)
    return int(incident_id)


Id = Annotated[int, Depends(number_of)]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact in one language as the page shows it; ``row`` None: never written."""

    key: str  # cause, cause.fr
    words: str
    hint: str
    row: FactRow | None
    safe: bool
    variants: "tuple[Fact, ...]" = ()
    moot: bool = False  # nobody asks for it any more

    @property
    def text(self) -> str:
        return self.row.text if self.row else ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an edit was not saved: shown at its place, with what was typed."""

    part: str  # a fact's key, or sheet, next_update, status
    message: str
    typed: str = ""
    safe: bool = True
    status: int = 409


@dataclass(frozen=True, slots=True)
class Step:
    """A legal move of the status: its verb, the question of one that cannot be undone, whether it leads back."""

    to: IncidentStatus
    verb: str
    question: str
    back: bool


def _facts(found: Mapping[str, FactRow], languages: tuple[str, ...], status: IncidentStatus) -> list[Fact]:
    over = status in {IncidentStatus.RESOLVED, IncidentStatus.CLOSED}
    return [_fact(name, found, languages, moot=over and name == "workaround") for name in FACT_NAMES]


def _fact(name: str, found: Mapping[str, FactRow], languages: tuple[str, ...], *, moot: bool) -> Fact:
    words, hint = map(_, FACT_WORDS[name])
    written = [key.partition(".")[2] for key in found if key.startswith(f"{name}.")]
    others = () if name == "phone" and not written else dict.fromkeys((*languages[1:], *sorted(written)))
    variants = [
        Fact(
            f"{name}.{tag}",
            _(LANGUAGES.get(tag, tag)),
            hint,
            (row := found.get(f"{name}.{tag}")),
            row.safe if row else True,
        )
        for tag in others
    ]
    row = found.get(name)
    return Fact(name, words, hint, row, row.safe if row else True, tuple(variants), moot)


def _moves(row: IncidentRow) -> list[Step]:
    """The legal moves, onward first."""
    order = list(IncidentStatus)
    here = IncidentStatus(row.status)
    legal = sorted(LEGAL_MOVES[here], key=lambda to: (order.index(to) < order.index(here), order.index(to)))
    return [_step(here, to) for to in legal]


def _step(here: IncidentStatus, to: IncidentStatus) -> Step:
    back = goes_back(here, to)
    verb = BACK_VERBS.get(to, VERBS[to]) if back else VERBS[to]
    if here is IncidentStatus.SUSPECTED and to is IncidentStatus.INVESTIGATING:
        verb = later("Confirm")
    return Step(to, pgettext("incident", verb), _(ENDS[to]) if to in ENDS else "", back)


def found(request: Request, incident_id: int) -> IncidentRow:
    deps = deps_of(request)
    with deps.store.read() as db:
        row = listings.incident(db, deps.settings.brand.name, incident_id)
    if row is None:
        raise HTTPException(404)
    return row


def one_page(
    request: Request,
    signed: Signed,
    incident_id: int,
    *,
    trouble: Trouble | None = None,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """``values`` and ``errors`` are of the sheet's form, ``typed`` of the one that ``trouble`` is about."""
    deps = deps_of(request)
    brand = deps.settings.brand
    with deps.store.read() as db:
        row = listings.incident(db, brand.name, incident_id)
        if row is None:
            raise HTTPException(404)
        newest = listings.facts_now(db, row.id)
        facts = _facts(newest, brand.languages, IncidentStatus(row.status))
        timeline = entries(db, row.id, brand.zone())
        figures = listings.figures(db, [row.id])[row.id]
        cells = coverage.cells(db, Whose(brand=brand.name, incident_id=row.id))
        others = [other for other in rows.all_of(db, brand.name) if other.id != row.id and _alive(other)]
        holder = db.get(IncidentRow, row.merged_into) if row.merged_into else None
    return page(
        request,
        "incident.html",
        signed,
        title=row.title,
        status=trouble.status if trouble else 422 if errors else 200,
        row=row,
        words=_(STATUS_WORDS[IncidentStatus(row.status)]),
        facts=facts,
        unknown=sum(1 for fact in facts if not (fact.text or fact.moot)),
        doubts=_by_part(doubts(row, newest, zone=brand.zone(), now=deps.clock())),
        timeline=timeline,
        reached=sum(cells.values(), start=coverage.Cell()),
        others=[(other, _(STATUS_WORDS[IncidentStatus(other.status)])) for other in others],
        holder=holder,
        alive=_alive(row),
        reasons=[(reason.value, _(words)) for reason, words in REASON_WORDS.items()],
        parts=[(part, row.state_of(part)) for part in (*row.components, *row.regions)],
        states=[(state.value, pgettext("part", words)) for state, words in STATE_WORDS.items()],
        figures=figures,
        moves=_moves(row),
        overdue=is_overdue(row, deps.clock()),
        over=is_over(row),
        may_edit=signed.can("lead") and not is_over(row),
        trouble=trouble,
        values=values or _sheet_values(row, deps),
        errors=errors or {},
        typed=typed or {},
        zone=brand.time_zone,
    )


def _by_part(found: list[Doubt]) -> Mapping[str, list[str]]:
    """What does not agree, under the fact where it is shown."""
    words: defaultdict[str, list[str]] = defaultdict(list)
    for each in found:
        words[each.part].append(heard(each.words))
    return words


def _alive(row: IncidentRow) -> bool:
    return IncidentStatus(row.status) in OPEN | {IncidentStatus.SUSPECTED}


def _sheet_values(row: IncidentRow, deps: Deps) -> dict[str, str]:
    zone = deps.settings.brand.zone()
    return {
        "title": row.title,
        "started_at": local(row.started_at, zone),
        "components": ", ".join(row.components),
        "regions": ", ".join(row.regions),
        "links": "\n".join(row.links),
        "next_update_at": local(row.next_update_at, zone) if row.next_update_at else "",
    }


@router.get("/incidents/{incident_id}")
def show_one(request: Request, signed: Viewer, incident_id: Id) -> Response:
    return one_page(request, signed, incident_id)


@router.get("/incidents/{incident_id}/facts.toml", dependencies=[Depends(require("viewer"))])
def export(request: Request, incident_id: Id) -> Response:
    """What may be published of the sheet, as FACTS.toml."""
    deps = deps_of(request)
    brand = deps.settings.brand
    with deps.store.read() as db:
        row = listings.incident(db, brand.name, incident_id)
        if row is None:
            raise HTTPException(404)
        sheet = rows.sheet_of(db, row, brand.as_voice(), brand.zone())
    name = f"facts-{incident_id}.toml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(facts_file.dump(sheet), media_type="application/toml; charset=utf-8", headers=headers)


# --- editing the sheet -----------------------------------------------------------------------------------------


def save(request: Request, signed: Signed, incident_id: int, form: Form, changes: SheetChanges) -> None:
    """Raises Conflict or InputError as the use case does."""
    deps = deps_of(request)
    lifecycle.edit_sheet(
        deps.store,
        incident_id=incident_id,
        version=form.number("version"),
        changes=changes,
        actor=signed.name,
        clock=deps.clock,
    )


def _not_saved(error: Exception) -> str:
    return _("Nothing was saved: %(why)s.", why=heard(str(error)))


def back(incident_id: int, place: str = "") -> Response:
    return RedirectResponse(f"/incidents/{incident_id}{place}", status_code=303)


@router.post("/incidents/{incident_id}/facts")
def save_fact(request: Request, signed: Lead, incident_id: Id, values: Fields) -> Response:
    """One fact. Two leads who write different facts do not disturb each other; the same fact shows both texts."""
    found(request, incident_id)
    form = Form(values, deps_of(request).settings.brand.zone())
    key, text, safe = form.text("name"), form.text("text"), form.text("safe") == "yes"
    if len(text) > LONGEST:
        message = f"{too_long(len(text), LONGEST)} {_('Nothing was saved: shorten it.')}"
        return one_page(request, signed, incident_id, trouble=Trouble(key, message, text, safe, 422))
    changes = SheetChanges(facts={key: text}, unsafe=frozenset() if safe else frozenset({key}))
    try:
        save(request, signed, incident_id, _rebased(request, incident_id, form, key), changes)
    except Conflict:
        return one_page(request, signed, incident_id, trouble=Trouble(key, _(FACT_CLASH), text, safe))
    except InputError as error:
        message = _not_saved(error)
        return one_page(request, signed, incident_id, trouble=Trouble(key, message, text, safe, 422))
    return back(incident_id, f"#fact-{key}")


def _rebased(request: Request, incident_id: int, form: Form, key: str) -> Form:
    """The form with the sheet's newest version when only other parts changed since it was shown."""
    with deps_of(request).store.read() as db:
        fact = listings.facts_now(db, incident_id).get(key)
        newest = rows.sheet_version(db, incident_id)
    unchanged = fact is None or fact.version <= form.number("version")
    return Form({**form.values, "version": str(newest)}, form.zone) if unchanged else form


@router.post("/incidents/{incident_id}/next-update")
def promise(request: Request, signed: Lead, incident_id: Id, values: Fields) -> Response:
    """When we speak next; an empty time takes the promise back."""
    row = found(request, incident_id)
    deps = deps_of(request)
    form = Form(values, deps.settings.brand.zone())
    at = form.moment("next_update_at", now=deps.clock(), past=False)
    if form.errors:
        shown = _sheet_values(row, deps) | {"next_update_at": form.text("next_update_at")}
        return one_page(request, signed, incident_id, values=shown, errors=form.errors)
    try:
        save(request, signed, incident_id, form, SheetChanges(next_update_at=at, no_next_update=at is None))
    except Conflict:
        trouble = Trouble("next_update", _(TIME_CLASH), form.text("next_update_at"))
        return one_page(request, signed, incident_id, trouble=trouble)
    except InputError as error:
        trouble = Trouble("next_update", _not_saved(error), form.text("next_update_at"), status=422)
        return one_page(request, signed, incident_id, trouble=trouble)
    return back(incident_id)


@router.post("/incidents/{incident_id}/sheet")
def rename(request: Request, signed: Lead, incident_id: Id, values: Fields) -> Response:
    """Title, start, components, regions and links together."""
    row = found(request, incident_id)
    deps = deps_of(request)
    form = Form(values, deps.settings.brand.zone())
    title = form.required("title", _("Say in a few words what fails."))
    links = form.links("links")
    started = form.moment("started_at", now=deps.clock(), past=True)
    typed = ("title", "started_at", "components", "regions", "links")
    shown = _sheet_values(row, deps) | {name: values.get(name, "") for name in typed}
    if form.errors:
        return one_page(request, signed, incident_id, values=shown, errors=form.errors)
    # The field knows minutes only: a start that was not touched keeps its seconds.
    touched = started is not None and local(started, form.zone) != local(row.started_at, form.zone)
    changes = SheetChanges(
        title=title,
        started_at=started if touched else None,
        components=form.items("components"),
        regions=form.items("regions"),
        links=links,
    )
    try:
        save(request, signed, incident_id, form, changes)
    except Conflict:
        return one_page(request, signed, incident_id, trouble=Trouble("sheet", _(SHEET_CLASH)), values=shown)
    except InputError as error:
        trouble = Trouble("sheet", _not_saved(error), status=422)
        return one_page(request, signed, incident_id, trouble=trouble, values=shown)
    return back(incident_id)
