"""One incident: where it stands, its fact sheet edited in place, its timeline, its export."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.domain import FACT_NAMES, LEGAL_MOVES, IncidentStatus
from core.errors import Conflict, InputError
from core.store import incidents as rows
from core.store import listings
from core.store.incidents import FactRow, IncidentRow
from dashboards.auth import Lead, Signed, Viewer, deps_of, require
from dashboards.deps import Deps
from dashboards.forms import LONGEST, Fields, Form, local
from dashboards.pages import page
from dashboards.sheet_words import ENDS, FACT_WORDS, LANGUAGES, STATUS_WORDS, VERBS, is_over, is_overdue, told
from incidents import facts_file, lifecycle
from incidents.lifecycle import SheetChanges

router = APIRouter()
FACT_CLASH = "Somebody else changed this while you were writing. Compare, then save the one that is right."
TIME_CLASH = "Somebody else changed this incident meanwhile. Look at the time that stands now, then save again."
SHEET_CLASH = (
    "Somebody else changed this incident meanwhile. Above is what stands now, below is yours: save the right one."
)


def _number(incident_id: str) -> int:
    """Dependency: the number in the address; one that no row can have is not found."""
    if not (incident_id.isascii() and incident_id.isdigit() and len(incident_id) < 10):
        raise HTTPException(404)
    return int(incident_id)


Id = Annotated[int, Depends(_number)]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact in one language as the page shows it; ``row`` None: never written."""

    key: str  # cause, cause.fr
    words: str
    hint: str
    row: FactRow | None
    safe: bool
    variants: "tuple[Fact, ...]" = ()

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


def _facts(found: Mapping[str, FactRow], languages: tuple[str, ...]) -> list[Fact]:
    return [_fact(name, found, languages) for name in FACT_NAMES]


def _fact(name: str, found: Mapping[str, FactRow], languages: tuple[str, ...]) -> Fact:
    words, hint = FACT_WORDS[name]
    written = [key.partition(".")[2] for key in found if key.startswith(f"{name}.")]
    others = () if name == "phone" and not written else dict.fromkeys((*languages[1:], *sorted(written)))
    variants = [
        Fact(
            f"{name}.{tag}",
            LANGUAGES.get(tag, tag),
            hint,
            (row := found.get(f"{name}.{tag}")),
            row.safe if row else True,
        )
        for tag in others
    ]
    row = found.get(name)
    return Fact(name, words, hint, row, row.safe if row else True, tuple(variants))


def _moves(row: IncidentRow) -> list[tuple[IncidentStatus, str, str]]:
    """The legal moves as verbs, onward first, with the question of those that cannot be undone ("": no question)."""
    order = list(IncidentStatus)
    here = IncidentStatus(row.status)
    legal = sorted(LEGAL_MOVES[here], key=lambda to: (order.index(to) < order.index(here), order.index(to)))
    first = {IncidentStatus.INVESTIGATING: "Confirm"} if here is IncidentStatus.SUSPECTED else {}
    return [(to, first.get(to, VERBS[to]), ENDS.get(to, "")) for to in legal]


def _found(request: Request, incident_id: int) -> IncidentRow:
    deps = deps_of(request)
    with deps.store.read() as db:
        row = listings.incident(db, deps.settings.brand.name, incident_id)
    if row is None:
        raise HTTPException(404)
    return row


def _one_page(
    request: Request,
    signed: Signed,
    incident_id: int,
    *,
    trouble: Trouble | None = None,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    deps = deps_of(request)
    brand = deps.settings.brand
    with deps.store.read() as db:
        row = listings.incident(db, brand.name, incident_id)
        if row is None:
            raise HTTPException(404)
        facts = _facts(listings.facts_now(db, row.id), brand.languages)
        timeline = rows.timeline_of(db, row.id)[::-1]
        figures = listings.figures(db, [row.id])[row.id]
    return page(
        request,
        "incident.html",
        signed,
        title=row.title,
        status=trouble.status if trouble else 422 if errors else 200,
        row=row,
        words=STATUS_WORDS[IncidentStatus(row.status)],
        facts=facts,
        unknown=sum(1 for fact in facts if not fact.text),
        timeline=[(entry, told(entry.what, brand.zone())) for entry in timeline],
        figures=figures,
        moves=_moves(row),
        overdue=is_overdue(row, deps.clock()),
        over=is_over(row),
        may_edit=signed.can("lead") and not is_over(row),
        trouble=trouble,
        values=values or _sheet_values(row, deps),
        errors=errors or {},
        zone=brand.time_zone,
    )


def _sheet_values(row: IncidentRow, deps: Deps) -> dict[str, str]:
    zone = deps.settings.brand.zone()
    return {
        "title": row.title,
        "components": ", ".join(row.components),
        "regions": ", ".join(row.regions),
        "links": "\n".join(row.links),
        "next_update_at": local(row.next_update_at, zone) if row.next_update_at else "",
    }


@router.get("/incidents/{incident_id}")
def show_one(request: Request, signed: Viewer, incident_id: Id) -> Response:
    return _one_page(request, signed, incident_id)


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


def _save(request: Request, signed: Signed, incident_id: int, form: Form, changes: SheetChanges) -> None:
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


def _back(incident_id: int, place: str = "") -> Response:
    return RedirectResponse(f"/incidents/{incident_id}{place}", status_code=303)


@router.post("/incidents/{incident_id}/facts")
def save_fact(request: Request, signed: Lead, incident_id: Id, values: Fields) -> Response:
    """One fact. Two leads who write different facts do not disturb each other; the same fact shows both texts."""
    _found(request, incident_id)
    form = Form(values, deps_of(request).settings.brand.zone())
    key, text, safe = form.text("name"), form.text("text"), form.text("safe") == "yes"
    if len(text) > LONGEST:
        message = f"This has {len(text):,} characters; at most {LONGEST:,} are kept. Nothing was saved: shorten it."
        return _one_page(request, signed, incident_id, trouble=Trouble(key, message, text, safe, 422))
    changes = SheetChanges(facts={key: text}, unsafe=frozenset() if safe else frozenset({key}))
    try:
        _save(request, signed, incident_id, _rebased(request, incident_id, form, key), changes)
    except Conflict:
        return _one_page(request, signed, incident_id, trouble=Trouble(key, FACT_CLASH, text, safe))
    return _back(incident_id, f"#fact-{key}")


def _rebased(request: Request, incident_id: int, form: Form, key: str) -> Form:
    """The form with the sheet's newest version when only other parts changed since it was shown."""
    with deps_of(request).store.read() as db:
        fact = listings.facts_now(db, incident_id).get(key)
        newest = rows.sheet_version(db, incident_id)
    unchanged = fact is None or fact.version <= form.number("version")
    return Form({**form.values, "version": str(newest)}, form.zone) if unchanged else form


@router.post("/incidents/{incident_id}/status")
def move(request: Request, signed: Lead, incident_id: Id, values: Fields) -> Response:
    _found(request, incident_id)
    form = Form(values, deps_of(request).settings.brand.zone())
    to = form.one_of("status", tuple(IncidentStatus), "")
    if to is None:
        raise HTTPException(422, "Choose one of the steps that the page offers.")
    try:
        _save(request, signed, incident_id, form, SheetChanges(status=to))
    except Conflict:
        words = STATUS_WORDS[IncidentStatus(_found(request, incident_id).status)]
        message = f"Somebody else changed this incident meanwhile. Nothing was done: it is “{words}” now. Decide again."
        return _one_page(request, signed, incident_id, trouble=Trouble("status", message))
    except InputError as error:
        return _one_page(
            request, signed, incident_id, trouble=Trouble("status", f"Nothing was done: {error}.", status=422)
        )
    return _back(incident_id)


@router.post("/incidents/{incident_id}/next-update")
def promise(request: Request, signed: Lead, incident_id: Id, values: Fields) -> Response:
    """When we speak next; an empty time takes the promise back."""
    row = _found(request, incident_id)
    deps = deps_of(request)
    form = Form(values, deps.settings.brand.zone())
    at = form.moment("next_update_at", now=deps.clock(), past=False)
    if form.errors:
        shown = _sheet_values(row, deps) | {"next_update_at": form.text("next_update_at")}
        return _one_page(request, signed, incident_id, values=shown, errors=form.errors)
    try:
        _save(request, signed, incident_id, form, SheetChanges(next_update_at=at, no_next_update=at is None))
    except Conflict:
        trouble = Trouble("next_update", TIME_CLASH, form.text("next_update_at"))
        return _one_page(request, signed, incident_id, trouble=trouble)
    return _back(incident_id)


@router.post("/incidents/{incident_id}/sheet")
def rename(request: Request, signed: Lead, incident_id: Id, values: Fields) -> Response:
    """Title, components, regions and links together."""
    row = _found(request, incident_id)
    deps = deps_of(request)
    form = Form(values, deps.settings.brand.zone())
    title = form.required("title", "Say in a few words what fails.")
    links = form.links("links")
    shown = _sheet_values(row, deps) | {
        name: values.get(name, "") for name in ("title", "components", "regions", "links")
    }
    if form.errors:
        return _one_page(request, signed, incident_id, values=shown, errors=form.errors)
    changes = SheetChanges(title=title, components=form.items("components"), regions=form.items("regions"), links=links)
    try:
        _save(request, signed, incident_id, form, changes)
    except Conflict:
        return _one_page(request, signed, incident_id, trouble=Trouble("sheet", SHEET_CLASH), values=shown)
    return _back(incident_id)
