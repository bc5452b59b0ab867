"""The journey map: stages across, personas down, the moves in the cells, and how many customers stand there now."""

from collections import Counter
from datetime import timedelta
from functools import cache
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.domain import Impact, Move, Plan, Stage
from core.errors import Conflict, InputError
from core.store import Session, coverage, incidents, journeys, listings
from core.store.coverage import Whose
from core.store.incidents import IncidentRow
from dashboards.auth import Lead, Signed, Viewer, deps_of
from dashboards.deps import Deps
from dashboards.forms import Fields, Form
from dashboards.heard import heard
from dashboards.languages import _, later, pgettext
from dashboards.pages import page
from dashboards.views.incident import number_of
from incidents import journey_edits
from incidents.coverage import draw
from incidents.journey import JourneyMap, of_brand
from incidents.journey_edits import LivingMap

router = APIRouter()
LATELY = timedelta(days=7)
SHOWN = 100  # customers listed of a cell
PERSONA_WORDS = {Impact.NONE: later("nothing named", "persona")}
GOT = {
    "answered": later("answered", "customer"),
    "coming": later("a reply is coming"),
    "out_of_reach": later("not ours to answer"),
    "nothing": later("got nothing"),
}
FIELDS = {"moves": later("moves"), "least_important": later("least important")}
CLASH = later("Somebody else changed this cell while you were writing. Compare, then save the one that is right.")

Cell = tuple[Stage, Impact]
_file = cache(of_brand)


def _cell(cell: str) -> Cell:
    """Dependency: the cell in the address, as in ``anger.safety``."""
    stage, _dot, persona = cell.partition(".")
    try:
        return Stage(stage), Impact(persona)
    except ValueError:
        raise HTTPException(404) from None


At = Annotated[Cell, Depends(_cell)]


def _map(deps: Deps) -> JourneyMap:
    brand = deps.settings.brand
    return LivingMap(deps.store, brand.name, _file(brand.journey)).now()


def _whose(request: Request, db: Session) -> tuple[Whose, IncidentRow | None]:
    """The customers of the incident in the address, of the open one, or (``all``, or none open) of the last days."""
    deps = deps_of(request)
    brand, asked = deps.settings.brand.name, request.query_params.get("incident", "")
    if asked and asked != "all":
        row = listings.incident(db, brand, number_of(asked))
        if row is None:
            raise HTTPException(404)
    else:
        row = None if asked else incidents.newest_told(db, brand, since=deps.past_since())
    if row is not None:
        return Whose(brand=brand, incident_id=row.id), row
    return Whose(brand=brand, since=deps.clock() - LATELY), None


@router.get("/journey")
def show(request: Request, signed: Viewer) -> Response:
    deps = deps_of(request)
    journey = _map(deps)
    with deps.store.read() as db:
        whose, row = _whose(request, db)
        drawn = draw(db, journey, whose)
        newest = incidents.newest_told(db, deps.settings.brand.name, since=deps.past_since())
        edited = journeys.in_force(db, deps.settings.brand.name)
    return page(
        request,
        "journey.html",
        signed,
        title=_("Journey map"),
        drawn=drawn,
        row=row,
        newest=newest,
        stages=list(Stage),
        personas=[(persona, _persona(persona)) for persona in Impact],
        edited={(Stage(key[0]), Impact(key[1])) for key, cell in edited.items() if cell.moves is not None},
        ask=f"?incident={row.id}" if row else "?incident=all",
    )


def _persona(persona: Impact) -> str:
    return pgettext("persona", PERSONA_WORDS.get(persona, persona.value))


def _one(
    request: Request,
    signed: Signed,
    cell: Cell,
    *,
    typed: Form | None = None,
    problem: str = "",
    clash: bool = False,
) -> Response:
    deps = deps_of(request)
    stage, persona = cell
    journey = _map(deps)
    with deps.store.read() as db:
        whose, row = _whose(request, db)
        versions = journeys.versions(db, whose.brand, stage.value, persona.value)
        reached = coverage.cells(db, whose).get((stage.value, persona.value), coverage.Cell())
        people = coverage.customers(db, whose, stage.value, persona.value, limit=SHOWN)
        moves = coverage.moves_sent(db, whose).get((stage.value, persona.value), Counter[str]())
    plan = journey.cells[cell]
    return page(
        request,
        "journey_cell.html",
        signed,
        title=f"{_(stage.value).capitalize()}, {_persona(persona)}",
        status=409 if clash else 422 if problem else 200,
        plan=plan,
        persona=_persona(persona),
        row=row,
        reached=reached,
        people=people,
        got={state: pgettext("customer", words) for state, words in GOT.items()},
        moves_sent=moves.most_common(),
        versions=versions,
        version=versions[0].id if versions else 0,
        edited=bool(versions) and versions[0].moves is not None,
        values=typed.values if typed else _values(plan),
        problem=_(CLASH) if clash else problem,
        clash=clash,
        may_edit=signed.can("lead"),
        all_moves=list(Move),
        ask=f"?incident={row.id}" if row else "?incident=all",
    )


def _values(plan: Plan) -> dict[str, str]:
    return {
        "moves": ", ".join(_words(plan.moves)),
        "least_important": ", ".join(_words(plan.least_important)),
        "tone": plan.tone,
        "actions": "\n".join(plan.actions),
        "owner": plan.owner,
    }


def _words(moves: tuple[Move, ...]) -> list[str]:
    return [pgettext("move", move.value.replace("_", " ")) for move in moves]


@router.get("/journey/{cell}")
def show_cell(request: Request, signed: Viewer, cell: At) -> Response:
    return _one(request, signed, cell)


@router.post("/journey/{cell}")
def save(request: Request, signed: Lead, cell: At, values: Fields) -> Response:
    deps = deps_of(request)
    form = Form(values, deps.settings.brand.zone())
    try:
        plan = _plan(form, cell)
        journey_edits.edit_cell(
            deps.store,
            brand=deps.settings.brand.name,
            plan=plan,
            version=form.number("version"),
            actor=signed.name,
            clock=deps.clock,
        )
    except Conflict:
        return _one(request, signed, cell, typed=form, clash=True)
    except InputError as error:
        return _one(request, signed, cell, typed=form, problem=_("Nothing was saved: %(why)s.", why=heard(str(error))))
    return _back(cell)


@router.post("/journey/{cell}/take-back")
def take_back(request: Request, signed: Lead, cell: At, values: Fields) -> Response:
    """The cell is again as the file has it."""
    deps = deps_of(request)
    form = Form(values, deps.settings.brand.zone())
    try:
        journey_edits.take_back(
            deps.store,
            brand=deps.settings.brand.name,
            stage=cell[0],
            persona=cell[1],
            version=form.number("version"),
            actor=signed.name,
            clock=deps.clock,
        )
    except Conflict:
        return _one(request, signed, cell, clash=True)
    return _back(cell)


def _back(cell: Cell) -> Response:
    return RedirectResponse(f"/journey/{cell[0].value}.{cell[1].value}", status_code=303)


def _plan(form: Form, cell: Cell) -> Plan:
    """Raises InputError for a word that is no move."""
    return Plan(
        stage=cell[0],
        persona=cell[1],
        moves=_moves(form, "moves"),
        least_important=_moves(form, "least_important"),
        tone=" ".join(form.text("tone").split()),
        actions=tuple(dict.fromkeys(line.strip() for line in form.text("actions").split("\n") if line.strip())),
        owner=form.text("owner"),
    )


def _folded(word: str) -> str:
    return word.casefold().replace(" ", "_")


def _moves(form: Form, name: str) -> tuple[Move, ...]:
    known = {move.value: move for move in Move}  # a move may be typed in English in any language
    known |= {_folded(words): move for move, words in zip(Move, _words(tuple(Move)), strict=True)}
    # Not form.items: a move that stands there twice is a mistake to be told, not to be tidied away.
    words = [part.strip() for part in form.text(name).replace("\n", ",").split(",") if part.strip()]
    found = []
    for word in words:
        move = known.get(_folded(word))
        if move is None:
            raise InputError(
                _(
                    "%(field)s: “%(word)s” is not a move; they are %(moves)s",
                    field=_(FIELDS[name]), word=word[:40], moves=", ".join(_words(tuple(Move))),
                )
            )  # fmt: skip
        found.append(move)
    return tuple(found)
