"""Two cases of one customer become one and two again: nothing is lost, one reply answers, everything says who."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.domain import DeliveryStatus, Eligibility, FollowUpStatus, Mention
from core.domain import Platform as Platforms
from core.errors import Conflict, InputError, Refused
from core.settings import Brand, Responder
from core.store import case_merges, mentions, promises, queue
from core.store.audit import AuditRow
from core.store.cases import CaseRow
from core.store.deliveries import DeliveryRow
from core.store.desk import NoteRow
from core.store.drafts import DraftRow
from core.store.follow_ups import FollowUpRow
from core.store.incidents import IncidentRow
from core.store.mentions import MentionRow
from core.store.promises import PromiseRow, PromiseWordRow
from core.store.waiting import WaitingRow
from incidents.journey import load as load_journey
from listener.intake import keep_all
from responder import approval, desk, merging
from responder.approval import Actor, Route
from responder.drafting import Drafting, draft_pending
from responder.writers.playbook import PlaybookWriter
from tests.factories import BRAND, START, Clock, Database, inspect


class Two:
    """Kim on X, and Kim on Mastodon a little later; each with a waiting reply."""

    def __init__(self, rows: Database, clock: Clock) -> None:
        self.rows, self.store, self.clock = rows, rows.store, clock
        self.ana = Actor(rows.user("Ana"), "Ana", "approver")
        self.ben = Actor(rows.user("Ben"), "Ben", "approver")
        self.x, self.fedi = rows.case("kim"), rows.case("kim", "mastodon", last_at=START + timedelta(minutes=9))
        self.post = rows.mention(case_id=self.x, author="kim", created_at=START)
        self.later = rows.mention(
            "@northwind still nothing, I lose a day of work", case_id=self.fedi, author="kim", platform="mastodon",
            created_at=START + timedelta(minutes=9),
        )  # fmt: skip
        self.first, self.second = rows.draft(self.post), rows.draft(self.later)

    def merge(self, draft: int | None = None, case: int | None = None) -> merging.Merged:
        return merging.merge(
            self.store, draft_id=draft or self.first, case_id=case or self.fedi, actor=self.ana, clock=self.clock
        )

    def undo(self, merged: merging.Merged) -> None:
        merging.undo(self.store, merge_id=merged.merge_id, actor=self.ben, clock=self.clock)

    def case(self, which: int) -> CaseRow:
        with self.store.read() as db:
            return db.get_one(CaseRow, which)

    def draft(self, which: int) -> DraftRow:
        with self.store.read() as db:
            return db.get_one(DraftRow, which)

    def texts(self, case: int) -> list[str]:
        with self.store.read() as db:
            return [row.text[:18] for row in mentions.of_case(db, case)]

    def told(self) -> list[tuple[str, str, str]]:
        with self.store.read() as db:
            rows = db.scalars(select(AuditRow).where(AuditRow.action.startswith("case.")).order_by(AuditRow.id))
            return [(row.actor, row.action, row.subject) for row in rows]

    def set(self, which: int, **values: object) -> None:
        with self.store.begin() as db:
            case = db.get_one(CaseRow, which)
            for name, value in values.items():
                setattr(case, name, value)

    def follow_up(self, case: int, occasion: str, **values: object) -> int:
        known = {"brand": BRAND, "kind": "resolved", "status": "due", "created_at": START, "updated_at": START}
        return self.rows._add(FollowUpRow(**(known | values), case_id=case, occasion=occasion))

    def owed(self) -> list[tuple[int, str, str]]:
        with self.store.read() as db:
            rows = db.scalars(select(FollowUpRow).order_by(FollowUpRow.id))
            return [(row.case_id, row.occasion, row.status) for row in rows]


@pytest.fixture
def two(any_database: Database, clock: Clock) -> Two:
    return Two(any_database, clock)


def test_one_case_with_both_posts_and_one_answer(two: Two) -> None:
    merged = two.merge()
    assert two.texts(two.x) == ["@northwind no data", "@northwind still n"]
    assert two.texts(two.fedi) == []
    assert merged.draft_id == two.second  # the newest post gets the answer, wherever the merge was asked for
    assert two.draft(two.first).status == "superseded"
    assert two.draft(two.second).version == 2  # whoever looked at it looks again
    assert two.case(two.fedi).merged_into == two.x
    assert (two.case(two.x).contacts, two.case(two.x).last_at) == (2, START + timedelta(minutes=9))
    with two.store.read() as db:
        assert db.scalars(select(WaitingRow.draft_id)).all() == [two.second]
        assert db.scalar(select(WaitingRow.case_id)) == two.x
        assert [part.platform for part in case_merges.parts_of(db, two.x)] == ["mastodon"]
    subjects = [("Ana", "case.merged", f"case:{two.fedi}"), ("Ana", "case.took_over", f"case:{two.x}")]
    assert two.told() == subjects


def test_undone_both_stand_for_themselves_and_the_older_post_is_answered_again(two: Two) -> None:
    before = {each: case_merges.said(two.case(each)) for each in (two.x, two.fedi)}
    two.undo(two.merge())
    assert {each: case_merges.said(two.case(each)) for each in (two.x, two.fedi)} == before
    assert two.case(two.fedi).merged_into is None
    assert (len(two.texts(two.x)), len(two.texts(two.fedi))) == (1, 1)
    brand = Brand(name=BRAND, handles=("@northwind",), languages=("en",), time_zone="America/Toronto")
    with_ = Drafting(
        store=two.store, brand=brand, journey=load_journey(), writer=PlaybookWriter(languages=brand.languages),
        inspect=inspect, clock=two.clock,
    )  # fmt: skip
    assert draft_pending(with_) == {"drafted": 1}
    with two.store.read() as db:
        live = db.scalars(select(DraftRow.mention_id).where(DraftRow.status == "waiting").order_by(DraftRow.mention_id))
        assert list(live) == [two.post, two.later]
    assert [told[:2] for told in two.told()[2:]] == [("Ben", "case.split"), ("Ben", "case.gave_back")]


def test_what_a_person_edited_is_not_taken_away(two: Two) -> None:
    with two.store.begin() as db:
        db.get_one(DraftRow, two.first).edited_by = two.ana.id
    assert two.merge().draft_id == two.second
    assert [two.draft(each).status for each in (two.first, two.second)] == ["waiting", "waiting"]


def test_what_is_on_its_way_goes_and_a_post_is_answered_once(two: Two) -> None:
    def approve(draft: int) -> DeliveryRow | None:
        row = two.draft(draft)
        return approval.approve(
            two.store, draft_id=draft, version=row.version, text=row.text, actor=two.ben,
            route=lambda _platform: Route("console", "console"), responder=Responder(), clock=two.clock,
        )  # fmt: skip

    on_its_way = approve(two.first)
    assert on_its_way is not None
    merged = two.merge()
    with two.store.read() as db:
        assert db.get_one(DeliveryRow, on_its_way.id).status == DeliveryStatus.APPROVED
        assert [each.draft_id for each in queue.replies_in_case(db, two.x)] == [two.first]
    with pytest.raises(Conflict):  # as it was before the two conversations were one
        approval.approve(
            two.store, draft_id=two.second, version=1, text=two.draft(two.second).text, actor=two.ben,
            route=lambda _platform: Route("console", "console"), responder=Responder(), clock=two.clock,
        )  # fmt: skip
    assert approve(two.second) is not None
    two.undo(merged)
    with two.store.read() as db:
        assert [each.draft_id for each in queue.replies_in_case(db, two.x)] == [two.first]
        assert [each.draft_id for each in queue.replies_in_case(db, two.fedi)] == [two.second]


def test_notes_owner_snooze_and_escalation_come_along_and_go_back(two: Two) -> None:
    def of(draft: int) -> dict[str, object]:
        return {"draft_id": draft, "actor": two.ana, "clock": two.clock}

    theirs = desk.note(two.store, text="prefers Mastodon", **of(two.second))  # type: ignore[arg-type]
    desk.assign(two.store, to=two.ben.id, seen=None, **of(two.second))  # type: ignore[arg-type]
    desk.escalate(two.store, reason="loses work", **of(two.second))  # type: ignore[arg-type]
    desk.snooze(two.store, until=None, **of(two.first))  # type: ignore[arg-type]
    merged = two.merge()
    case = two.case(two.x)
    assert (case.owner_id, case.escalation, case.snoozed_until) == (two.ben.id, "loses work", None)
    mine = desk.note(two.store, text="called them", **of(two.second))  # type: ignore[arg-type]
    two.undo(merged)
    with two.store.read() as db:
        assert db.get_one(NoteRow, theirs).case_id == two.fedi
        assert db.get_one(NoteRow, mine).case_id == two.x
    case, other = two.case(two.x), two.case(two.fedi)
    assert (case.owner_id, case.escalated_at, case.snoozed_by) == (None, None, "Ana")
    assert (other.owner_id, other.escalation) == (two.ben.id, "loses work")


def test_what_was_decided_since_stays_with_the_case_that_took_over(two: Two) -> None:
    merged = two.merge()
    desk.assign(two.store, draft_id=two.second, to=two.ben.id, seen=None, actor=two.ben, clock=two.clock)
    two.set(two.x, opted_out_at=START)
    two.undo(merged)
    assert (two.case(two.x).owner_id, two.case(two.fedi).owner_id) == (two.ben.id, None)
    assert two.case(two.x).opted_out_at == two.case(two.fedi).opted_out_at == START


def test_who_told_us_to_stop_on_one_platform_is_not_answered_on_the_other(two: Two) -> None:
    two.set(two.fedi, opted_out_at=START)
    merged = two.merge()
    assert two.case(two.x).opted_out_at == START
    two.undo(merged)
    assert (two.case(two.x).opted_out_at, two.case(two.fedi).opted_out_at) == (None, START)


def test_the_joined_case_stands_where_the_customer_was_seen_last(two: Two) -> None:
    incident, old = two.rows.incident(), two.rows.incident(title="Last week", status="closed")
    two.set(two.x, stage="surprise", persona="none", incident_id=old)
    two.set(two.fedi, stage="anger", persona="work", incident_id=incident)
    merged = two.merge()
    case, emptied = two.case(two.x), two.case(two.fedi)
    assert (case.stage, case.persona, case.incident_id) == ("anger", "work", incident)
    assert (emptied.stage, emptied.incident_id) == (None, None)  # counted once
    with two.store.begin() as db:
        db.get_one(IncidentRow, incident).status = "resolved"
    two.undo(merged)
    case, other = two.case(two.x), two.case(two.fedi)
    assert (case.stage, case.incident_id) == ("surprise", old)
    assert (other.stage, other.incident_id) == ("aftermath", incident)


def wrote(two: Two, platform: Platforms, name: str, number: int, **values: object) -> int | None:
    again = Mention(
        platform=platform, external_id=str(number), author=name, author_id=name, author_name=name, text="again",
        url="https://x.example/1", created_at=two.clock(), eligible=Eligibility.TAGGED, **values,
    )  # fmt: skip
    with two.store.begin() as db:
        keep_all(db, [again], brand=BRAND, handles=[], source="t", wanted=lambda _: True, now=two.clock())
        row = mentions.find(db, platform.value, str(number))
        return row.case_id if row else None


def test_later_posts_come_to_the_joined_case_and_find_their_own_when_it_is_undone(two: Two) -> None:
    merged = two.merge()
    two.clock.forward(minutes=20)
    assert wrote(two, Platforms.MASTODON, "kim", 71) == two.x
    assert wrote(two, Platforms.X, "kim", 72) == two.x
    assert two.case(two.x).contacts == 4
    two.undo(merged)
    assert (len(two.texts(two.x)), len(two.texts(two.fedi))) == (2, 2)
    assert (two.case(two.x).contacts, two.case(two.fedi).contacts) == (2, 2)
    assert wrote(two, Platforms.MASTODON, "kim", 73) == two.fedi
    two.clock.forward(days=8)
    merged = two.merge(draft=two.second, case=two.x)
    fresh = wrote(two, Platforms.X, "kim", 74)
    assert fresh not in (two.x, two.fedi, None)  # silent for long: a new problem, merged or not


def test_an_occasion_is_owed_once_and_to_each_again(two: Two) -> None:
    incident = two.rows.incident()
    two.set(two.x, incident_id=incident)
    two.set(two.fedi, incident_id=incident)
    two.follow_up(two.x, "resolved:1:1", incident_id=incident)
    two.follow_up(two.fedi, "resolved:1:1", incident_id=incident)
    two.follow_up(two.fedi, "promise:9", kind="update")
    merged = two.merge()
    assert two.owed() == [
        (two.x, "resolved:1:1", "due"), (two.fedi, "resolved:1:1", "skipped"), (two.x, "promise:9", "due"),
    ]  # fmt: skip
    two.clock.forward(minutes=5)
    later = two.clock()
    two.follow_up(two.x, "resolved:1:2", incident_id=incident, created_at=later)
    two.undo(merged)
    assert two.owed() == [
        (two.x, "resolved:1:1", "due"), (two.fedi, "resolved:1:1", "due"), (two.fedi, "promise:9", "due"),
        (two.x, "resolved:1:2", "due"), (two.fedi, "resolved:1:2", "due"),
    ]  # fmt: skip


def test_of_two_that_are_drawn_one_waits_and_comes_back(two: Two) -> None:
    with two.store.begin() as db:
        for each in (two.first, two.second):
            db.get_one(DraftRow, each).occasion = "resolved:1:1"
    two.follow_up(two.x, "resolved:1:1", status="drafted", draft_id=two.first)
    two.follow_up(two.fedi, "resolved:1:1", status="drafted", draft_id=two.second)
    merged = two.merge()
    assert [two.draft(each).status for each in (two.first, two.second)] == ["superseded", "waiting"]
    two.undo(merged)
    assert [status for *_, status in two.owed()] == [FollowUpStatus.DUE, FollowUpStatus.DRAFTED]


def test_promises_go_with_the_replies_that_made_them(two: Two) -> None:
    row = two.draft(two.second)
    delivery = approval.approve(
        two.store, draft_id=two.second, version=1, text=row.text, actor=two.ben,
        route=lambda _platform: Route("console", "console"), responder=Responder(), clock=two.clock,
    )  # fmt: skip
    assert delivery is not None
    promise = two.rows._add(
        PromiseRow(brand=BRAND, case_id=two.fedi, kind="credit", text="We credit a day.", owner="Ana", due_at=START,
                   made_at=START, status="open")
    )  # fmt: skip
    two.rows._add(
        PromiseWordRow(promise_id=promise, source="approval:1", start=0, sentence="We credit a day.", made_at=START,
                       approval_id=delivery.approval_id, case_id=two.fedi)
    )  # fmt: skip

    def kept() -> tuple[int | None, set[int], set[int]]:
        with two.store.read() as db:
            of = promises.one(db, BRAND, promise)
            assert of is not None
            return of.case_id, case_merges.promised_to(db, two.x), case_merges.promised_to(db, two.fedi)

    merged = two.merge()
    assert kept() == (two.x, {promise}, set())
    two.undo(merged)
    assert kept() == (two.fedi, set(), {promise})


def test_who_comes_second_is_told(two: Two) -> None:
    third = two.rows.case("kim", "bluesky")
    draft = two.rows.draft(two.rows.mention(case_id=third, author="kim", platform="bluesky"))
    merged = two.merge()
    with pytest.raises(Conflict, match="meanwhile"):
        merging.merge(two.store, draft_id=draft, case_id=two.fedi, actor=two.ben, clock=two.clock)
    outer = merging.merge(two.store, draft_id=draft, case_id=two.x, actor=two.ben, clock=two.clock)
    with pytest.raises(Conflict, match="itself part of another"):
        two.undo(merged)
    two.undo(outer)
    two.undo(merged)
    with pytest.raises(Conflict, match="already"):
        two.undo(merged)
    assert [len(two.texts(each)) for each in (two.x, two.fedi, third)] == [1, 1, 1]


def test_what_cannot_be_merged_is_said(two: Two) -> None:
    other = two.rows.case("kim", brand="Contoso")
    viewer = Actor(two.rows.user("Vic", "viewer"), "Vic", "viewer")
    for case, words in ((two.x, "same case"), (other, "different brands"), (999, "no case 999")):
        with pytest.raises(InputError, match=words):
            two.merge(case=case)
    with pytest.raises(InputError, match="no draft 999"):
        two.merge(draft=999)
    with pytest.raises(InputError, match="no merge 9"):
        merging.undo(two.store, merge_id=9, actor=two.ana, clock=two.clock)
    with pytest.raises(Refused):
        merging.merge(two.store, draft_id=two.first, case_id=two.fedi, actor=viewer, clock=two.clock)
    assert two.told() == []


def test_candidates_are_of_the_same_handle_or_name_or_hold_the_words(two: Two) -> None:
    named = two.rows.mention(author="kim_p", author_name="Kim", platform="bluesky")
    stranger = two.rows.mention("no signal in Whitby", author="lou", author_name="Kimberly")
    for each in (named, stranger):
        two.rows.draft(each)

    def found(words: str = "") -> list[int]:
        with two.store.read() as db:
            case = db.get_one(CaseRow, two.x)
            rows = case_merges.candidates(db, case, words, now=two.clock(), limit=5)
            return [row.newest.id for row in rows]

    assert found() == [two.later, named]
    assert found("whitby") == [stranger]
    assert found("nothing of the kind") == []
    two.merge()
    assert found() == [named]
    with two.store.read() as db:
        assert db.get_one(MentionRow, two.later).case_id == two.x
