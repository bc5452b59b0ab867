"""Drafting: who gets a draft, from which facts, and what happens when these change."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from core.domain import Eligibility, Finding, Gone, IncidentStatus, Mention
from core.domain import Platform as Platforms
from core.errors import Conflict, Transient
from core.settings import Brand, Responder
from core.store import Store, erasing, incidents, mentions
from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow
from incidents.journey import load as load_journey
from incidents.lifecycle import SheetChanges, edit_sheet, open_incident
from responder import approval, by_hand
from responder.approval import Actor, Route
from responder.drafting import Drafting, draft_pending
from responder.gate import Candidate
from responder.gate.registry import inspect
from responder.sending import send_due
from responder.writers.playbook import PlaybookWriter
from tests.factories import BRAND, Database
from tests.responder.memory_platform import Platform

CAUSE = "A change we made overnight stopped part of our network."


@pytest.fixture
def drafting(any_database: Database) -> Drafting:
    brand = Brand(name=BRAND, handles=("@northwind",), languages=("en", "fr", "es"), time_zone="America/Toronto")
    return Drafting(
        store=any_database.store,
        brand=brand,
        journey=load_journey(),
        writer=PlaybookWriter(languages=brand.languages),
        inspect=inspect,
        clock=any_database.clock,
    )


def opened(database: Database, **facts: str) -> int:
    return open_incident(
        database.store,
        brand=BRAND,
        title="Mobile data outage",
        status=IncidentStatus.IDENTIFIED,
        started_at=database.clock(),
        next_update_at=None,
        components=("mobile data",),
        regions=("Ontario",),
        links=(),
        facts=facts,
        actor="Lena",
        clock=database.clock,
    )


def drafts_of(database: Database, mention: int) -> list[DraftRow]:
    with database.store.read() as db:
        rows = db.query(DraftRow).filter(DraftRow.mention_id == mention).order_by(DraftRow.id).all()
        db.expunge_all()
        return rows


def status_of(store: Store, mention: int) -> str:
    with store.read() as db:
        return db.get_one(MentionRow, mention).status


def test_an_eligible_complaint_gets_a_draft_from_the_facts(any_database: Database, drafting: Drafting) -> None:
    incident = opened(any_database, cause=CAUSE)
    mention = any_database.mention("@northwind why is there no data?", status="read")
    assert draft_pending(drafting) == {"drafted": 1}
    [draft] = drafts_of(any_database, mention)
    assert (draft.status, draft.incident_id, draft.sheet_version, draft.passed) == ("waiting", incident, 1, True)
    assert CAUSE.removesuffix(".").lower()[2:] in draft.text.lower()
    assert "cause" in draft.facts_used


UNRELATED = {"about": "other", "outage": False, "intents": ["other"]}


@pytest.mark.parametrize("values", [{"eligible": "none"}, {"reading": UNRELATED}])
def test_others_are_only_watched(any_database: Database, drafting: Drafting, values: dict[str, object]) -> None:
    mention = any_database.mention(status="read", **values)  # type: ignore[arg-type]
    assert draft_pending(drafting) == {"watched": 1}
    assert (status_of(any_database.store, mention), drafts_of(any_database, mention)) == ("watched", [])


def test_a_changed_fact_redraws_what_waits(any_database: Database, drafting: Drafting) -> None:
    incident = opened(any_database)
    mention = any_database.mention("@northwind why is there no data?", status="read")
    draft_pending(drafting)
    edit_sheet(
        any_database.store,
        incident_id=incident,
        version=1,
        changes=SheetChanges(facts={"cause": CAUSE}),
        actor="Lena",
        clock=any_database.clock,
    )
    assert draft_pending(drafting) == {"stale": 1, "drafted": 1}
    old, new = drafts_of(any_database, mention)
    assert (old.status, old.reason, new.status, new.sheet_version) == ("superseded", "the facts changed", "waiting", 2)
    assert "overnight" in new.text
    assert "overnight" not in old.text


def test_an_edited_draft_keeps_its_words_and_is_checked_again(any_database: Database, drafting: Drafting) -> None:
    incident = opened(any_database)
    mention = any_database.mention("@northwind why is there no data?", status="read")
    draft_pending(drafting)
    [draft] = drafts_of(any_database, mention)
    ana = Actor(any_database.user(), "Ana", "approver")
    words = "We do not know the cause yet. We will say so here as soon as we do."
    approval.edit(
        any_database.store,
        draft_id=draft.id,
        version=1,
        text=words,
        actor=ana,
        brand=drafting.brand,
        inspect=inspect,
        clock=any_database.clock,
    )
    changes = SheetChanges(facts={"cause": CAUSE})
    edit_sheet(
        any_database.store, incident_id=incident, version=1, changes=changes, actor="L", clock=any_database.clock
    )
    draft_pending(drafting)
    [draft] = drafts_of(any_database, mention)
    assert (draft.text, draft.version, draft.sheet_version, draft.status) == (words, 3, 2, "waiting")


def test_drafts_from_before_the_incident_join_it(any_database: Database, drafting: Drafting) -> None:
    mention = any_database.mention(status="read")
    draft_pending(drafting)
    assert drafts_of(any_database, mention)[0].incident_id is None
    incident = opened(any_database, cause=CAUSE)
    assert draft_pending(drafting) == {"stale": 1, "drafted": 1}
    assert drafts_of(any_database, mention)[-1].incident_id == incident


def test_the_newest_post_of_a_customer_is_answered(any_database: Database, drafting: Drafting) -> None:
    case = any_database.case()
    first = any_database.mention("@northwind no data", status="read", case_id=case)
    draft_pending(drafting)
    any_database.clock.forward(minutes=10)  # type: ignore[attr-defined]
    second = any_database.mention("@northwind hello? still no data", status="read", case_id=case)
    draft_pending(drafting)
    assert [draft.status for draft in drafts_of(any_database, first)] == ["superseded"]
    assert [draft.status for draft in drafts_of(any_database, second)] == ["waiting"]


def test_who_tells_us_to_stop_hears_no_more(any_database: Database, drafting: Drafting) -> None:
    clock = any_database.clock
    case = any_database.case()
    first = any_database.mention("@northwind no data", status="read", case_id=case)
    draft_pending(drafting)
    [draft] = drafts_of(any_database, first)
    ana = Actor(any_database.user(), "Ana", "approver")
    approval.approve(
        any_database.store,
        draft_id=draft.id,
        version=1,
        text=draft.text,
        actor=ana,
        route=lambda _: Route("platform", "northwind"),
        responder=Responder(undo_seconds=0),
        clock=clock,
    )
    clock.forward(minutes=5)  # type: ignore[attr-defined]
    any_database.mention("@northwind stop messaging me", status="read", case_id=case)
    assert draft_pending(drafting) == {"watched": 1}
    platform = Platform(clock)
    send_due(any_database.store, {"platform": platform}, clock=clock)
    assert platform.posts == []
    with any_database.store.read() as db:
        assert db.get_one(CaseRow, case).opted_out_at == clock()


def test_who_tells_us_to_stop_is_also_left_alone_in_older_cases(any_database: Database, drafting: Drafting) -> None:
    clock, (old, new) = any_database.clock, (any_database.case(), any_database.case())
    mention = any_database.mention("@northwind no data", status="read", case_id=old)
    draft_pending(drafting)
    [draft] = drafts_of(any_database, mention)
    approve(any_database, draft)
    stop = any_database.mention("@northwind stop messaging me", status="read", case_id=new)
    assert draft_pending(drafting) == {"watched": 1}
    platform = Platform(clock)
    send_due(any_database.store, {"platform": platform}, clock=clock)
    assert platform.posts == []
    lena = Actor(any_database.user("Lena"), "Lena", "lead")
    by_hand.resume(any_database.store, mention_id=stop, reason="she called", actor=lena, clock=clock)
    with any_database.store.read() as db:
        assert [db.get_one(CaseRow, case).opted_out_at for case in (old, new)] == [None, None]


def test_a_post_that_breaks_the_writer_holds_up_nobody(
    any_database: Database, drafting: Drafting, caplog: pytest.LogCaptureFixture
) -> None:
    class Fragile(PlaybookWriter):
        def write(self, brief):
            if "poison" in brief.text:
                raise ZeroDivisionError
            return super().write(brief)

    poison = any_database.mention("@northwind poison, no data", status="read")
    healthy = any_database.mention("@northwind no data", status="read", author="bo")
    done = draft_pending(replace(drafting, writer=Fragile()))
    assert done == {"failed": 1, "drafted": 1}
    assert (status_of(any_database.store, poison), status_of(any_database.store, healthy)) == ("failed", "drafted")
    assert "drafting failed" in caplog.text


def test_a_draft_written_while_an_earlier_post_is_erased_is_written_anew(
    any_database: Database, drafting: Drafting
) -> None:
    store, case = any_database.store, any_database.case()
    earlier = any_database.mention("@northwind my mermaidsong shop", case_id=case, status="watched")
    mention = any_database.mention("@northwind no data", case_id=case, status="read")
    told: list[list[str]] = []

    class Slow(PlaybookWriter):
        def write(self, brief):
            told.append(list(brief.history))
            with store.begin() as db:
                erasing.erase(db, [earlier], why=Gone.DELETED, now=any_database.clock())
            return super().write(brief)

    slow = replace(drafting, writer=Slow())
    assert draft_pending(slow) == {"waiting": 1}
    assert drafts_of(any_database, mention) == []
    assert draft_pending(slow) == {"drafted": 1}
    assert told == [["@northwind my mermaidsong shop"], []]


def test_an_edited_draft_that_breaks_the_gate_is_blocked_and_holds_up_nobody(
    any_database: Database, drafting: Drafting
) -> None:
    def fragile(candidate: Candidate) -> tuple[Finding, ...]:
        if "odd" in candidate.reply:
            raise RuntimeError("the gate fell over")
        return inspect(candidate)

    incident, editor = opened(any_database), any_database.user("Ana")
    odd = any_database.draft(
        any_database.mention(author="kim"), "An odd reply.", incident_id=incident, sheet_version=1, edited_by=editor
    )
    other = any_database.mention("@northwind when is it back?", status="read")
    change(any_database, incident, 1, facts={"cause": CAUSE})
    assert draft_pending(replace(drafting, inspect=fragile)) == {"stale": 1, "drafted": 1}
    assert [draft.status for draft in drafts_of(any_database, other)] == ["waiting"]
    with any_database.store.read() as db:
        broken = db.get_one(DraftRow, odd)
        assert (broken.text, broken.version, broken.passed) == ("An odd reply.", 2, False)


def test_no_two_waiting_replies_are_the_same(any_database: Database, drafting: Drafting) -> None:
    opened(any_database, cause=CAUSE)
    for number in range(30):
        any_database.mention("@northwind no data, why?", status="read", author=f"customer{number}")
    draft_pending(drafting)
    with any_database.store.read() as db:
        texts = [draft.text for draft in db.query(DraftRow).all()]
        assert mentions.count(db) == 30
        assert incidents.newest_open(db, BRAND) is not None
    assert len(set(texts)) == len(texts) == 30


def approve(database: Database, draft: DraftRow, *, undo_seconds: float = 0) -> None:
    actor = Actor(database.user(f"user {draft.id} {database.clock()}"), "Ana", "approver")
    approval.approve(
        database.store,
        draft_id=draft.id,
        version=draft.version,
        text=draft.text,
        actor=actor,
        route=lambda _: Route("platform", "northwind"),
        responder=Responder(undo_seconds=undo_seconds),
        clock=database.clock,
    )


def change(database: Database, incident: int, version: int, **changes: object) -> None:
    edit_sheet(
        database.store, incident_id=incident, version=version, changes=SheetChanges(**changes), actor="L",
        clock=database.clock,
    )  # type: ignore[arg-type]  # fmt: skip


def test_a_promised_time_that_passed_is_neither_approved_nor_sent(any_database: Database, drafting: Drafting) -> None:
    clock = any_database.clock
    incident = opened(any_database)
    change(any_database, incident, 1, next_update_at=clock() + timedelta(minutes=5))
    mention = any_database.mention("@northwind when is it back?", status="read")
    draft_pending(drafting)
    [draft] = drafts_of(any_database, mention)
    assert "next_update_at" in draft.facts_used
    approve(any_database, draft, undo_seconds=600)
    clock.forward(minutes=11)  # type: ignore[attr-defined]
    platform = Platform(clock)
    send_due(any_database.store, {"platform": platform}, clock=clock)
    assert platform.posts == []
    [draft] = drafts_of(any_database, mention)
    with pytest.raises(Conflict, match="update time this promises has passed"):
        approve(any_database, draft)
    assert draft_pending(drafting) == {"stale": 1, "drafted": 1}
    assert "next_update_at" not in drafts_of(any_database, mention)[-1].facts_used
    assert draft_pending(drafting) == {}


def test_the_words_of_a_person_are_weighed_again_when_the_promised_time_has_passed(
    any_database: Database, drafting: Drafting
) -> None:
    clock, text = any_database.clock, "That is on us. The next update comes at 9:05."
    incident = opened(any_database)
    change(any_database, incident, 1, next_update_at=clock() + timedelta(minutes=5))
    mention = any_database.mention()
    draft = any_database.draft(mention, incident_id=incident, sheet_version=2, facts_used=[])
    ana = Actor(any_database.user("Ana"), "Ana", "approver")
    edited = approval.edit(
        any_database.store, draft_id=draft, version=1, text=text, actor=ana, brand=drafting.brand, inspect=inspect,
        clock=clock,
    )  # fmt: skip
    assert edited.passed
    clock.forward(minutes=6)  # type: ignore[attr-defined]
    with pytest.raises(Conflict, match="update time this promises has passed"):
        approve(any_database, edited)
    assert draft_pending(drafting) == {"stale": 1}
    [weighed] = drafts_of(any_database, mention)
    assert (weighed.text, weighed.version, weighed.passed) == (text, 3, False)
    assert draft_pending(drafting) == {}


def test_a_closed_incident_leaves_no_draft_behind(any_database: Database, drafting: Drafting) -> None:
    incident = opened(any_database, cause=CAUSE)
    mention = any_database.mention("@northwind why is there no data?", status="read")
    draft_pending(drafting)
    change(any_database, incident, 1, status=IncidentStatus.RESOLVED)
    change(any_database, incident, 2, status=IncidentStatus.CLOSED)
    assert draft_pending(drafting) == {"stale": 1, "drafted": 1}
    assert drafts_of(any_database, mention)[-1].incident_id is None


def test_an_older_incident_is_redrawn_too(any_database: Database, drafting: Drafting) -> None:
    first = opened(any_database, cause=CAUSE)
    any_database.mention("@northwind why is there no data?", status="read")
    draft_pending(drafting)
    opened(any_database)
    change(any_database, first, 1, facts={"cause": "Another cause."})
    assert draft_pending(drafting)["stale"] == 1
    assert draft_pending(drafting) == {}


def test_a_new_outage_is_not_told_that_the_old_one_is_over(any_database: Database, drafting: Drafting) -> None:
    clock = any_database.clock
    incident = opened(any_database, cause=CAUSE)
    change(any_database, incident, 1, status=IncidentStatus.RESOLVED)
    clock.forward(days=3)  # type: ignore[attr-defined]
    mention = any_database.mention("@northwind down again!!", status="read")
    draft_pending(drafting)
    [draft] = drafts_of(any_database, mention)
    assert (draft.incident_id, draft.facts_used) == (None, [])


def test_a_reply_without_an_incident_is_called_back_when_there_is_one(
    any_database: Database, drafting: Drafting
) -> None:
    mention = any_database.mention(status="read")
    draft_pending(drafting)
    approve(any_database, drafts_of(any_database, mention)[0])
    opened(any_database, cause=CAUSE)
    platform = Platform(any_database.clock)
    send_due(any_database.store, {"platform": platform}, clock=any_database.clock)
    assert platform.posts == []
    draft_pending(drafting)
    assert drafts_of(any_database, mention)[-1].incident_id is not None


def test_a_post_that_becomes_answerable_is_drafted(any_database: Database, drafting: Drafting) -> None:
    mention = any_database.mention(status="read", eligible="none")
    draft_pending(drafting)
    with any_database.store.begin() as db:
        row = db.get_one(MentionRow, mention)
        again = Mention(
            platform=Platforms(row.platform), external_id=row.external_id, author=row.author, text=row.text,
            created_at=row.created_at, eligible=Eligibility.TAGGED,
        )  # fmt: skip
        mentions.widen_eligibility(db, again)
    assert draft_pending(drafting) == {"drafted": 1}


def test_a_later_glad_post_takes_the_draft_back(any_database: Database, drafting: Drafting) -> None:
    case = any_database.case()
    first = any_database.mention("@northwind no data", status="read", case_id=case)
    draft_pending(drafting)
    any_database.clock.forward(minutes=10)  # type: ignore[attr-defined]
    glad = {"sentiment": "positive", "emotion": "joy", "intents": ["praise"], "outage": False, "angry": False}
    any_database.mention("@northwind works again, thanks", status="read", case_id=case, reading=glad)
    assert draft_pending(drafting) == {"watched": 1}
    assert [draft.status for draft in drafts_of(any_database, first)] == ["superseded"]


def test_a_later_post_asks_the_approver_to_look_again(any_database: Database, drafting: Drafting) -> None:
    case = any_database.case()
    first = any_database.mention("@northwind no data", status="read", case_id=case)
    draft_pending(drafting)
    [seen] = drafts_of(any_database, first)
    any_database.clock.forward(minutes=10)  # type: ignore[attr-defined]
    any_database.mention("the cat is on my router", status="read", case_id=case, reading=UNRELATED)
    draft_pending(drafting)
    with pytest.raises(Conflict):
        approve(any_database, seen)


def test_a_database_fault_is_one_that_passes(store: Store) -> None:
    with pytest.raises(Transient, match="no such table"), store.read() as db:
        db.execute(text("SELECT * FROM nowhere"))


def test_a_fault_that_passes_costs_no_mention(any_database: Database, drafting: Drafting) -> None:
    def busy(_candidate: Candidate) -> tuple[Finding, ...]:
        raise Transient("the database: it is locked")

    mention = any_database.mention(status="read")
    with pytest.raises(Transient):
        draft_pending(replace(drafting, inspect=busy))
    assert status_of(any_database.store, mention) == "read"
    assert draft_pending(drafting) == {"drafted": 1}


def test_of_two_edits_of_a_sheet_one_is_told(any_database: Database) -> None:
    incident = opened(any_database)
    start = threading.Barrier(2)

    def save(name: str) -> str:
        start.wait()
        try:
            change(any_database, incident, 1, facts={"cause": name})
        except Conflict:
            return "told"
        return "saved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(save, ["One.", "Two."])) == ["saved", "told"]
