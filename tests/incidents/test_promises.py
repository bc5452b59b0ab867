"""The promise ledger: from an approved reply to the follow-up that closes the loop, on both databases."""

from datetime import datetime, timedelta

import pytest

from core.domain import Eligibility, IncidentStatus, PromiseStatus
from core.errors import Conflict, InputError
from core.settings import Brand, Responder
from core.store import audit, promises
from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from core.store.follow_ups import FollowUpRow
from core.store.incidents import IncidentRow
from core.store.promises import PromiseRow, PromiseWordRow
from incidents import promise_finding, promise_following
from incidents import promises as ledger
from incidents.journey import load as load_journey
from incidents.lifecycle import SheetChanges, edit_sheet, open_incident
from responder import approval
from responder.approval import Actor, Route
from responder.drafting import Drafting, draft_pending
from responder.followups import draw_follow_ups
from responder.gate.registry import inspect
from responder.sending import send_due
from responder.writers.playbook import PlaybookWriter
from tests.factories import BRAND as NAME
from tests.factories import Database
from tests.responder.memory_platform import Platform

BRAND = Brand(name=NAME, handles=("@northwind",), languages=("en", "fr", "es"), time_zone="America/Toronto")


def opened(database: Database, *, minutes: int | None = 60, **facts: str) -> int:
    now = database.clock()
    return open_incident(
        database.store, brand=NAME, title="Mobile data outage", status=IncidentStatus.IDENTIFIED,
        started_at=now - timedelta(hours=1), next_update_at=now + timedelta(minutes=minutes) if minutes else None,
        components=("mobile data",), regions=("Ontario",), links=(), facts=facts, actor="Lena", clock=database.clock,
    )  # fmt: skip


def edit(database: Database, incident: int, **changes: object) -> None:
    with database.store.read() as db:
        version = db.get_one(IncidentRow, incident).sheet_version
    edit_sheet(
        database.store, incident_id=incident, version=version, changes=SheetChanges(**changes), actor="Lena",
        clock=database.clock,
    )  # fmt: skip


def drafting(database: Database) -> Drafting:
    return Drafting(
        store=database.store, brand=BRAND, journey=load_journey(), writer=PlaybookWriter(languages=BRAND.languages),
        inspect=inspect, clock=database.clock,
    )  # fmt: skip


def answer(
    database: Database, incident: int | None, text: str, *, author: str = "sam", send: bool = True,
    platform: Platform | None = None,
) -> int:  # fmt: skip
    """A customer complains, somebody approves ``text``, and it goes out. Returns the case."""
    case = database.case(author, incident_id=incident)
    mention = database.mention(
        f"@northwind no data at all, {author} here, when is it back?", case_id=case, author=author
    )
    with database.store.read() as db:
        version = db.get_one(IncidentRow, incident).sheet_version if incident else 0
    draft = database.draft(mention, text, incident_id=incident, sheet_version=version, facts_used=[])
    approve(database, draft)
    if send:
        database.clock.forward(seconds=11)  # type: ignore[attr-defined]
        send_due(database.store, {"console": platform or Platform(database.clock)}, clock=database.clock)
    return case


def approve(database: Database, draft: int) -> None:
    with database.store.read() as db:
        row = db.get_one(DraftRow, draft)
    actor = Actor(database.user(f"ana{draft}"), f"ana{draft}", "approver")
    approval.approve(
        database.store, draft_id=draft, version=row.version, text=row.text, actor=actor,
        route=lambda _platform: Route("console", "console"), responder=Responder(), clock=database.clock,
    )  # fmt: skip


def collect(database: Database) -> int:
    return promise_finding.collect(database.store, brand=BRAND, clock=database.clock)


def watch(database: Database) -> dict[str, int]:
    return dict(promise_following.watch(database.store, brand=BRAND, clock=database.clock))


def rows(database: Database, kind: type = PromiseRow) -> list:
    with database.store.read() as db:
        found = db.query(kind).order_by(kind.id).all()
        db.expunge_all()
        return found


def test_a_promise_made_to_many_is_one_with_owner_and_time(any_database: Database) -> None:
    incident = opened(any_database)
    with any_database.store.read() as db:
        due = db.get_one(IncidentRow, incident).next_update_at
    assert due is not None
    said = f"Next update at {due.astimezone(BRAND.zone()):%H:%M}."
    answer(any_database, incident, f"That is on us. {said}")
    answer(any_database, incident, f"Sorry about this. {said}", author="kim")
    assert collect(any_database) == 1
    [promise] = rows(any_database)
    assert (promise.kind, promise.owner, promise.due_at, promise.supposed) == ("update", "Lena", due, False)
    with any_database.store.read() as db:
        assert promises.reach(db, [promise.id])[promise.id] == promises.Reach(customers=2, published=True)
    assert collect(any_database) == 0, "what was looked through is not looked through again"


def test_a_call_to_one_customer_belongs_to_who_promised_it(any_database: Database) -> None:
    incident = opened(any_database, minutes=None)
    case = answer(any_database, incident, "We'll call you tomorrow at 10:00.")
    other = answer(any_database, incident, "We'll call you tomorrow at 10:00.", author="kim")
    collect(any_database)
    calls = [row for row in rows(any_database) if row.kind == "contact"]
    assert [row.case_id for row in calls] == [case, other]
    assert all(row.owner.startswith("ana") for row in calls)
    assert f"{calls[0].due_at.astimezone(BRAND.zone()):%d %H:%M}" == "21 10:00"


def test_what_is_undone_in_time_was_never_promised(database: Database) -> None:
    answer(database, None, "We'll call you tomorrow at 10:00.", send=False)
    assert collect(database) == 0, "the undo time still runs"
    with database.store.read() as db:
        draft = db.query(DraftRow).one().id
    approval.undo(database.store, draft_id=draft, actor=Actor(1, "Ana", "approver"), clock=database.clock)
    database.clock.forward(minutes=1)
    assert collect(database) == 0


def test_a_reply_that_lapses_later_takes_its_promise_back(database: Database) -> None:
    answer(database, None, "We'll call you tomorrow at 10:00.", send=False)
    database.clock.forward(minutes=1)
    assert collect(database) == 1
    with database.store.read() as db:
        draft = db.query(DraftRow).one().id
    approval.undo(database.store, draft_id=draft, actor=Actor(1, "Ana", "approver"), clock=database.clock)
    assert watch(database) == {"withdrawn": 1}
    assert [row.status for row in rows(database)] == ["withdrawn"]


def test_sheets_and_public_updates_promise_too(database: Database) -> None:
    incident = opened(database, minutes=None, compensation="Every customer in Ontario gets two days of credit.")
    edit(database, incident, next_update_at=database.clock() + timedelta(minutes=30))
    collect(database)
    assert [(row.kind, row.supposed) for row in rows(database)] == [("credit", True), ("update", False)]
    words = rows(database, PromiseWordRow)
    assert [word.source.partition(":")[0] for word in words] == ["fact", "timeline", "timeline"], "opened and edited"


def test_an_update_that_comes_keeps_the_promise_and_owes_a_word(any_database: Database) -> None:
    incident = opened(any_database)
    answer(any_database, incident, "Next update at 10:00.")
    collect(any_database)
    clock = any_database.clock
    clock.forward(minutes=10)
    edit(any_database, incident, facts={"cause": "A wrong change."})
    assert watch(any_database) == {}, "fifty minutes early it is another update"
    clock.forward(minutes=45)
    edit(any_database, incident, next_update_at=clock() + timedelta(hours=1))
    assert watch(any_database) == {}, "a new time says nothing new"
    edit(any_database, incident, facts={"next_step": "We are undoing it city by city."})
    collect(any_database)
    assert watch(any_database) == {"kept": 1}
    [kept] = [row for row in rows(any_database) if row.status == "kept"]
    assert (kept.settled_by, kept.reason, kept.settled_at) == ("amends", "the update came", clock())
    assert draw_follow_ups(drafting(any_database)) == {"drafted": 1}
    [draft] = [row for row in rows(any_database, DraftRow) if row.occasion]
    assert (draft.status, draft.occasion) == ("waiting", f"promise:{kept.id}")
    assert "city by city" in draft.text


def test_overdue_then_broken(database: Database) -> None:
    incident = opened(database, minutes=60)
    collect(database)
    database.clock.forward(minutes=61)
    [late] = ledger.overdue(database.store, brand=NAME, now=database.clock())
    assert late.incident_id == incident
    watch(database)
    assert [row.status for row in rows(database)] == ["open"]
    database.clock.forward(days=1)
    assert watch(database) == {"broken": 1}
    assert ledger.overdue(database.store, brand=NAME, now=database.clock()) == []


def test_the_end_is_told_to_everybody_who_complained_once(any_database: Database) -> None:
    """Said what happened and what changes; not to who may not be written to, nor to who waits for a first answer."""
    incident = opened(any_database, cause="A change we made overnight stopped part of our network.")
    answered = answer(any_database, incident, "We'll tell you as soon as it's back.")
    answer(any_database, incident, "That is on us.", author="out")
    stranger = any_database.case("stranger", incident_id=incident)
    any_database.mention("no data again", case_id=stranger, author="stranger", eligible=Eligibility.NONE.value)
    waits = any_database.case("waits", incident_id=incident)
    with any_database.store.begin() as db:
        db.query(CaseRow).filter(CaseRow.author == "out").one().opted_out_at = any_database.clock()
    first = any_database.mention("@northwind no data, when is it back?", case_id=waits, author="waits")
    any_database.draft(first, incident_id=incident, sheet_version=1)
    collect(any_database)
    any_database.clock.forward(hours=2)
    edit(
        any_database, incident, status=IncidentStatus.RESOLVED, no_next_update=True,
        facts={"prevention": "A second team checks every change from now on."},
    )  # fmt: skip
    draft_pending(drafting(any_database))
    collect(any_database)
    assert watch(any_database)["owed"] == 4
    watch(any_database)
    assert draw_follow_ups(drafting(any_database)) == {"drafted": 1, "skipped": 3}
    notes = {row.case_id: (row.status, row.reason) for row in rows(any_database, FollowUpRow)}
    assert notes[answered] == ("drafted", "")
    assert notes[stranger][1].startswith("Watch only")
    assert notes[waits][1].startswith("an answer with the newest facts waits")
    [draft] = [row for row in rows(any_database, DraftRow) if row.occasion]
    assert draft.passed, draft.findings
    assert "overnight" in draft.text
    assert "second team" in draft.text
    [restored] = [row for row in rows(any_database) if row.kind == "restored"]
    assert restored.status == "open", "nobody was told yet"
    approve(any_database, draft.id)
    any_database.clock.forward(minutes=1)
    platform = Platform(any_database.clock)
    assert send_due(any_database.store, {"console": platform}, clock=any_database.clock) == {"sent": 1}
    watch(any_database)
    [restored] = [row for row in rows(any_database) if row.kind == "restored"]
    assert (restored.status, restored.reason) == ("kept", "everybody was told")
    assert draw_follow_ups(drafting(any_database)) == {}


def test_a_follow_up_follows_the_facts(database: Database) -> None:
    incident = opened(database, cause="A change we made overnight stopped part of our network.")
    answer(database, incident, "That is on us.")
    database.clock.forward(hours=1)
    edit(database, incident, status=IncidentStatus.RESOLVED, no_next_update=True)
    watch(database)
    draw_follow_ups(drafting(database))
    edit(database, incident, facts={"cause": "A broken cable near Kingston stopped part of our network."})
    draft_pending(drafting(database))
    assert draw_follow_ups(drafting(database)) == {"drafted": 1}
    newest = rows(database, DraftRow)[-1]
    assert "Kingston" in newest.text
    edit(database, incident, status=IncidentStatus.MONITORING, reason="it failed again in Ottawa")
    draft_pending(drafting(database))
    assert draw_follow_ups(drafting(database)) == {"skipped": 1}
    assert [row.reason for row in rows(database, FollowUpRow)] == ["the incident was opened again"]


def test_people_settle_hand_over_and_move_and_all_is_on_record(any_database: Database) -> None:
    incident = opened(any_database, minutes=None)
    case = answer(any_database, incident, "We'll call you tomorrow at 10:00.")
    collect(any_database)
    [promise] = rows(any_database)
    store, clock = any_database.store, any_database.clock
    any_database.user("Bo", "approver")
    ledger.hand_over(store, brand=NAME, promise_id=promise.id, to="bo", actor="Lena", clock=clock)
    later = datetime.fromisoformat("2026-11-22T10:00:00-05:00")
    ledger.move_due(
        store, brand=NAME, promise_id=promise.id, due_at=later, reason="they asked for Sunday", actor="Bo", clock=clock
    )
    ledger.settle(store, brand=NAME, promise_id=promise.id, kept=True, reason="reached them", actor="Bo", clock=clock)
    [row] = rows(any_database)
    assert (row.owner, row.due_at, row.status, row.settled_by) == ("Bo", later, "kept", "Bo")
    with store.read() as db:
        told = [entry.action for entry in audit.newest(db) if entry.subject == f"promise:{promise.id}"]
    assert told == ["promise.kept", "promise.moved", "promise.handed_over"]
    assert [owed.case_id for owed in rows(any_database, FollowUpRow)] == [case]
    with pytest.raises(Conflict, match="kept already"):
        ledger.settle(store, brand=NAME, promise_id=promise.id, kept=False, reason="no", actor="Bo", clock=clock)


def test_decisions_that_cannot_stand(database: Database) -> None:
    answer(database, None, "We'll call you tomorrow at 10:00.")
    collect(database)
    at, known = {"brand": NAME, "actor": "Bo", "clock": database.clock}, {"promise_id": 1}
    with pytest.raises(InputError, match="why"):
        ledger.settle(database.store, kept=False, reason=" ", **at, **known)
    with pytest.raises(InputError, match="nobody called"):
        ledger.hand_over(database.store, to="Nobody", **at, **known)
    with pytest.raises(InputError, match="past"):
        ledger.move_due(database.store, due_at=database.clock(), reason="x", **at, **known)
    with pytest.raises(InputError, match="no promise 99"):
        ledger.settle(database.store, promise_id=99, kept=True, reason="", **at)
    with pytest.raises(InputError, match="no promise 1"):
        ledger.settle(database.store, kept=True, reason="", **(at | {"brand": "Another"}), **known)


def test_a_post_gets_one_answer_and_one_word_an_occasion(any_database: Database) -> None:
    """The database itself refuses a second live reply to a post on the same occasion."""
    incident = opened(any_database, cause="A change we made overnight stopped part of our network.")
    answer(any_database, incident, "That is on us.")
    any_database.clock.forward(hours=1)
    edit(any_database, incident, status=IncidentStatus.RESOLVED, no_next_update=True)
    watch(any_database)
    draw_follow_ups(drafting(any_database))
    first = rows(any_database, DraftRow)[-1]
    approve(any_database, first.id)
    with any_database.store.begin() as db:
        db.get_one(DraftRow, first.id).status = "done"
    again = any_database.draft(
        first.mention_id,
        "And once more.",
        incident_id=incident,
        sheet_version=2,
        occasion=first.occasion,
        facts_used=[],
    )
    with pytest.raises(Conflict, match="already on its way"):
        approve(any_database, again)


def test_status_words_are_those_of_the_domain() -> None:
    assert {status.value for status in PromiseStatus} == {"open", "kept", "broken", "withdrawn"}
