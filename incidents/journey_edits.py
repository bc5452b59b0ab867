"""The journey map as people changed it on its page: over the file's, in force with the next draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock

from core.clock import Clock
from core.domain import FactSheet, Impact, IncidentStatus, Move, Plan, Reading, Stage
from core.errors import Conflict, InputError
from core.store import Session, Store, audit, events, journeys
from core.store.journeys import CellRow
from incidents.journey import JourneyMap

LONGEST = 400  # characters of a tone, an owner or an action
MOST = 12  # actions of a cell


@dataclass
class LivingMap:
    """The map that drafting asks. It looks for newer changes each time it is asked, with one small query."""

    store: Store
    brand: str
    file: JourneyMap
    _seen: int = field(default=-1, init=False)
    _map: JourneyMap = field(init=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        self._map = self.file

    def place(
        self,
        reading: Reading,
        *,
        text: str,
        history: Sequence[Reading],
        sheet_status: IncidentStatus | None,
        previous_stage: Stage | None,
    ) -> Stage:
        """As JourneyMap.place; people change what is said to a stage, not who stands in it."""
        return self.file.place(
            reading, text=text, history=history, sheet_status=sheet_status, previous_stage=previous_stage
        )

    def plan(self, stage: Stage, persona: Impact, sheet: FactSheet) -> Plan:
        """As JourneyMap.plan, by the map in force now."""
        return self.now().plan(stage, persona, sheet)

    def now(self) -> JourneyMap:
        """The map in force. Raises Transient when the database is away."""
        with self.store.read() as db:
            newest = journeys.newest_id(db, self.brand)
            with self._lock:
                if newest == self._seen:
                    return self._map
            changed = laid_over(self.file, journeys.in_force(db, self.brand))
        with self._lock:
            self._seen, self._map = newest, changed
        return changed


def laid_over(base: JourneyMap, rows: Mapping[tuple[str, str], CellRow]) -> JourneyMap:
    """The file's map with the changed cells in place of its own."""
    cells = dict(base.cells)
    for (stage, persona), row in rows.items():
        key = Stage(stage), Impact(persona)
        if row.moves is not None:
            cells[key] = _plan(row, *key)
    return replace(base, cells=cells)


def _plan(row: CellRow, stage: Stage, persona: Impact) -> Plan:
    return Plan(
        stage=stage,
        persona=persona,
        moves=tuple(map(Move, row.moves or ())),
        least_important=tuple(map(Move, row.least_important)),
        tone=row.tone,
        actions=tuple(row.actions),
        owner=row.owner,
    )


def edit_cell(store: Store, *, brand: str, plan: Plan, version: int, actor: str, clock: Clock) -> int:
    """Puts a cell in force as people want it; returns its new version.

    ``version`` is the one that was seen, 0 for a cell of the file. Raises Conflict, InputError.
    """
    _check(plan)
    values = {
        "moves": [move.value for move in plan.moves],
        "least_important": [move.value for move in plan.least_important],
        "tone": plan.tone,
        "actions": list(plan.actions),
        "owner": plan.owner,
    }
    return _keep(store, brand, plan.stage, plan.persona, version, values, actor, clock)


def take_back(
    store: Store, *, brand: str, stage: Stage, persona: Impact, version: int, actor: str, clock: Clock
) -> int:
    """Lets the file's cell hold again; returns the cell's new version. Raises Conflict."""
    values: dict[str, object] = {"moves": None, "least_important": [], "tone": "", "actions": [], "owner": ""}
    return _keep(store, brand, stage, persona, version, values, actor, clock)


def _keep(
    store: Store,
    brand: str,
    stage: Stage,
    persona: Impact,
    version: int,
    values: Mapping[str, object],
    actor: str,
    clock: Clock,
) -> int:
    now = clock()
    with store.begin() as db:
        if journeys.lock(db, brand, stage.value, persona.value) != version:
            raise Conflict("somebody changed this cell while you were editing; compare and save again")
        row = CellRow(brand=brand, stage=stage.value, persona=persona.value, author=actor, at=now, **values)
        db.add(row)
        db.flush()
        _note(db, row, values, actor, clock)
        return row.id


def _note(db: Session, row: CellRow, values: Mapping[str, object], actor: str, clock: Clock) -> None:
    action = "journey.edited" if row.moves is not None else "journey.taken_back"
    subject, now = f"journey:{row.stage}.{row.persona}", clock()
    audit.record(db, actor=actor, action=action, subject=subject, now=now, version=row.id, **values)
    events.tell(db, "journey", now=now, stage=row.stage, persona=row.persona, version=row.id)


def _check(plan: Plan) -> None:
    if not plan.moves:
        raise InputError("moves: no move is left, so there would be nothing to say")
    for name, moves in (("moves", plan.moves), ("least important", plan.least_important)):
        if len(set(moves)) != len(moves):
            raise InputError(f"{name}: a move stands here twice")
    if strange := [move for move in plan.least_important if move not in plan.moves]:
        raise InputError(f"least important: {strange[0]} is not among the moves")
    if set(plan.least_important) == set(plan.moves):
        raise InputError("least important: something must be left to say when the reply is too long")
    if len(plan.actions) > MOST:
        raise InputError(f"actions: {len(plan.actions)}; at most {MOST} are kept")
    if any(len(text) > LONGEST for text in (plan.tone, plan.owner, *plan.actions)):
        raise InputError(f"tone, owner or action: at most {LONGEST} characters")
    if not plan.tone.strip():
        raise InputError("tone: say in a few words how such a customer is spoken to")
