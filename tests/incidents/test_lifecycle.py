"""An incident's life: alarms, confirming, dismissing, restoring, ending; what is refused and why."""

from datetime import datetime, timedelta

import pytest

from core.domain import DismissReason, IncidentStatus, PartState, Stage
from core.errors import Conflict, InputError
from core.store import audit, incidents, stages
from core.store.cases import CaseRow
from core.store.incidents import IncidentRow
from incidents import lifecycle
from incidents.facts import SheetChanges
from tests.factories import BRAND, Database

S = IncidentStatus


def suspected(database: Database, **values: object) -> int:
    return lifecycle.suspect(
        database.store, brand=BRAND, title="No signal", started_at=database.clock() - timedelta(minutes=6),
        why="14 mentions in 6 minutes", evidence={"mentions": 14, "score": 0.93}, clock=database.clock, **values,
    )  # type: ignore[arg-type]  # fmt: skip


def edit(database: Database, incident: int, version: int, **changes: object) -> int:
    return lifecycle.edit_sheet(
        database.store, incident_id=incident, version=version, changes=SheetChanges(**changes),  # type: ignore[arg-type]
        actor="Lena", clock=database.clock,
    )  # fmt: skip


def row_of(database: Database, incident: int) -> IncidentRow:
    with database.store.read() as db:
        return db.get_one(IncidentRow, incident)


def told(database: Database, incident: int) -> list[str]:
    with database.store.read() as db:
        return [row.what for row in incidents.timeline_of(db, incident)]


def test_an_alarm_waits_for_a_person_and_no_reply_rests_on_it(any_database: Database) -> None:
    made = suspected(any_database)
    with any_database.store.read() as db:
        assert incidents.newest_open(db, BRAND) is None
        assert [row.id for row in incidents.suspected_of(db, BRAND)] == [made]
        [entry] = incidents.timeline_of(db, made)
    assert (entry.kind, entry.what) == ("detected", "suspected: 14 mentions in 6 minutes")
    assert entry.detail["score"] == 0.93
    lifecycle.confirm(any_database.store, incident_id=made, version=1, actor="Lena", clock=any_database.clock)
    with any_database.store.read() as db:
        assert incidents.newest_open(db, BRAND).id == made  # type: ignore[union-attr]


def test_the_whole_road_is_walked_and_told(any_database: Database) -> None:
    made = suspected(any_database)
    for version, status in enumerate((S.INVESTIGATING, S.IDENTIFIED, S.MONITORING, S.RESOLVED, S.CLOSED), 1):
        edit(any_database, made, version, status=status)
    assert told(any_database, made)[1:] == [
        "suspected → investigating",
        "investigating → identified",
        "identified → monitoring",
        "monitoring → resolved",
        "resolved → closed",
    ]
    row = row_of(any_database, made)
    assert row.resolved_at == row.closed_at == any_database.clock()
    with any_database.store.read() as db:
        rows = [row for row in audit.newest(db) if row.subject == f"incident:{made}"]
    assert {row.actor for row in rows} == {"amends", "Lena"}
    assert len(rows) == 6


def test_a_dismissal_says_why_and_teaches_the_detector(any_database: Database) -> None:
    clock = any_database.clock
    for reason, count in ((DismissReason.NOT_AN_OUTAGE, 1), (DismissReason.TEST, 1), (DismissReason.NOT_AN_OUTAGE, 2)):
        made = suspected(any_database)
        with pytest.raises(InputError, match="say why it is dismissed: not an outage"):
            edit(any_database, made, 1, status=S.DISMISSED)
        lifecycle.dismiss(
            any_database.store, incident_id=made, version=1, reason=reason, words="a football match; really",
            actor="Lena", clock=clock,
        )  # fmt: skip
        with any_database.store.read() as db:
            assert incidents.false_alarms(db, BRAND, now=clock()) == count
    assert told(any_database, made)[-1] == "suspected → dismissed (not an outage: a football match, really)"
    with any_database.store.read() as db:
        assert incidents.false_alarms(db, "Somebody else", now=clock()) == 0
        assert incidents.false_alarms(db, BRAND, now=clock() + timedelta(days=31)) == 0


def test_going_back_needs_a_reason(any_database: Database) -> None:
    made = any_database.incident(status="monitoring", next_update_at=None)
    with pytest.raises(InputError, match="going back from monitoring to identified needs a reason"):
        edit(any_database, made, 1, status=S.IDENTIFIED)
    edit(any_database, made, 1, status=S.IDENTIFIED, reason="the fix was rolled back")
    assert told(any_database, made) == ["monitoring → identified (the fix was rolled back)"]
    with pytest.raises(InputError, match="an incident that is identified cannot become closed"):
        edit(any_database, made, 2, status=S.CLOSED)


def test_what_is_back_leaves_the_sheet_and_the_end_waits_for_the_rest(any_database: Database) -> None:
    made = any_database.incident(status="monitoring", components=["calls", "data"], regions=["Ontario", "Québec"])
    edit(any_database, made, 1, states={"Ontario": PartState.BACK, "data": PartState.PARTLY})
    with any_database.store.read() as db:
        row = db.get_one(IncidentRow, made)
        assert incidents.failing(row) == (("calls", "data"), ("Québec",), ("Ontario",))
        assert incidents.changed_since(row, 1) == {"components", "regions"}
    with pytest.raises(InputError, match="calls is still failing; data is partly back; Québec is still failing"):
        edit(any_database, made, 2, status=S.RESOLVED)
    everything = dict.fromkeys(("calls", "data", "Québec"), PartState.BACK)
    edit(any_database, made, 2, states=everything, status=S.RESOLVED)
    assert incidents.failing(row_of(any_database, made)) == (("calls", "data"), ("Ontario", "Québec"), ())
    with pytest.raises(InputError, match="Atlantis: neither a component nor a region"):
        edit(any_database, made, 3, states={"Atlantis": PartState.BACK})


def test_without_single_parts_an_incident_resolves_as_before(any_database: Database) -> None:
    made = any_database.incident(status="monitoring")
    assert edit(any_database, made, 1, status=S.RESOLVED) == 2


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"next_update_at": timedelta(minutes=-1)}, "next update: lies in the past"),
        ({"next_update_at": timedelta(0)}, "next update: lies in the past"),
        ({"started_at": timedelta(minutes=1)}, "started at: lies in the future"),
        ({"facts": {"weather": "rain"}}, "weather: not a fact of the sheet"),
        ({"facts": {"scope": "x" * 4001}}, "scope: has 4,001 characters"),
        ({"title": "  "}, "title: say in a few words what fails"),
        ({"components": tuple(str(n) for n in range(201))}, "201 entries in one list"),
    ],
)
def test_what_cannot_stand_is_refused_and_nothing_is_kept(
    database: Database, changes: dict[str, object], complaint: str
) -> None:
    made = database.incident()
    moved = {name: database.clock() + at if isinstance(at, timedelta) else at for name, at in changes.items()}
    with pytest.raises(InputError, match=complaint):
        edit(database, made, 1, **moved)
    assert row_of(database, made).sheet_version == 1


@pytest.mark.parametrize("field", ["next_update_at", "started_at"])
def test_a_time_without_offset_is_refused(database: Database, field: str) -> None:
    with pytest.raises(InputError, match="has no offset"):
        edit(database, database.incident(), 1, **{field: datetime(2026, 11, 20, 13, 0)})  # noqa: DTZ001 - the mistake


def test_a_closed_incident_promises_nothing(database: Database) -> None:
    made = database.incident(status="closed", next_update_at=None)
    with pytest.raises(InputError, match="the incident is closed, so nothing more is announced"):
        edit(database, made, 1, next_update_at=database.clock() + timedelta(hours=1))


def test_the_same_promise_in_every_language(database: Database) -> None:
    made = database.incident()
    edit(database, made, 1, facts={"compensation": "2 days of service, or $10.50, are credited."})
    edit(database, made, 2, facts={"compensation.fr": "2 jours, ou 10,50 $, sont crédités."})
    with pytest.raises(InputError, match=r"compensation\.es: says 3 where compensation says 1050, 2"):
        edit(database, made, 3, facts={"compensation.es": "3 días gratis."})
    edit(database, made, 3, facts={"compensation.es": "dos días gratis."})


def test_lists_are_tidied_and_a_save_that_changes_nothing_is_no_version(database: Database) -> None:
    made = database.incident(components=["Calls"], states={"Calls": "partly"})
    assert edit(database, made, 1, components=("Calls ", "data", "calls", "Data"), title="Mobile data outage") == 2
    assert row_of(database, made).components == ["Calls", "data"]
    assert edit(database, made, 2, components=("Calls", "data"), facts={"cause": ""}) == 2
    with pytest.raises(Conflict):
        edit(database, made, 1, title="Mine")


def test_customers_move_with_the_incident(any_database: Database) -> None:
    made = any_database.incident(status="monitoring")
    angry, glad, unplaced = (
        any_database.case(name, incident_id=made, stage=stage, persona="work")
        for name, stage in (("ann", None), ("bob", "relief"), ("cyd", None))
    )
    with any_database.store.begin() as db:
        stages.place(db, db.get_one(CaseRow, angry), stage=Stage.ANGER, persona="work", now=any_database.clock())
    edit(any_database, made, 1, status=S.RESOLVED)

    def standing() -> list[str | None]:
        with any_database.store.read() as db:
            return [db.get_one(CaseRow, case).stage for case in (angry, glad, unplaced)]

    assert standing() == ["aftermath", "relief", None]
    edit(any_database, made, 2, status=S.INVESTIGATING, reason="it failed again")
    assert standing() == ["anger", "relief", None]
    with any_database.store.read() as db:
        assert [(row.stage, row.why) for row in stages.of_case(db, angry)] == [
            ("anger", "mention"), ("aftermath", "resolved"), ("anger", "reopened"),
        ]  # fmt: skip


def test_what_was_told_elsewhere_stands_in_the_timeline_only(database: Database) -> None:
    made = database.incident()
    lifecycle.tell_update(
        database.store, incident_id=made, text=" We said so on the radio; cause ", actor="Lena", clock=database.clock
    )
    with pytest.raises(InputError, match="the text is empty"):
        lifecycle.tell_update(database.store, incident_id=made, text=" ", actor="Lena", clock=database.clock)
    assert told(database, made) == ["We said so on the radio; cause"]
    assert row_of(database, made).sheet_version == 1
