"""A person's correction of a reading: kept, in force everywhere at once, and taken back by another one."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.domain import About, Emotion, Impact, Intent, Labels, MentionStatus, Sentiment
from core.errors import Conflict, InputError, Refused
from core.store import audit, corrections, drafts, rollups
from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow
from responder.approval import Actor
from responder.relabel import Relabelled, labels_of, relabel
from tests.factories import BRAND, START, Database

ANA = Actor(id=1, name="Ana", role="approver")
COUNTS = ("volume", "negative", "neutral", "positive", "outage", "outage_anger")


def read_and_counted(database: Database, **values: Any) -> int:
    """A mention that was read, with its reading in the hourly counts as scoring leaves it."""
    mention = database.mention(**values)
    with database.store.begin() as db:
        row = db.get_one(MentionRow, mention)
        rollups.count(db, brand=BRAND, platform=row.platform, at=row.created_at, new=row.reading.value())
    return mention


def labels(database: Database, mention: int) -> Labels:
    with database.store.read() as db:
        return labels_of(db.get_one(MentionRow, mention))


def correct(database: Database, mention: int, seen: int = 0, actor: Actor = ANA, **changes: Any) -> Relabelled:
    wanted = replace(labels(database, mention), **changes)
    return relabel(
        database.store, mention_id=mention, seen=seen, labels=wanted, actor=actor, clock=database.clock
    )  # fmt: skip


def hours(database: Database) -> tuple[int, ...]:
    with database.store.read() as db:
        rows = rollups.between(db, brand=BRAND, start=START - timedelta(days=1), end=START + timedelta(days=1))
        return tuple(sum(getattr(row, name) for row in rows) for name in COUNTS)


def mention_of(database: Database, mention: int) -> MentionRow:
    with database.store.read() as db:
        return db.get_one(MentionRow, mention)


def draft_of(database: Database, draft: int) -> DraftRow:
    with database.store.read() as db:
        return db.get_one(DraftRow, draft)


def test_a_correction_is_kept_with_who_when_from_and_to(any_database: Database) -> None:
    mention = read_and_counted(any_database)
    made = correct(any_database, mention, outage=False, intents=(Intent.QUESTION,), emotion=Emotion.CONFUSION)
    with any_database.store.read() as db:
        row = corrections.newest_of(db, mention)
        told = audit.newest(db)[0]
    assert row is not None
    assert (row.id, row.actor, row.at, row.model) == (made.correction, "Ana", START, "bundled@test")
    assert (row.before["outage"], row.after["outage"]) == (True, False)
    assert row.before["intents"] == ["outage_report", "status_question"]
    assert (told.action, told.actor, told.subject) == ("reading.corrected", "Ana", f"mention:{mention}")
    assert told.detail["before"] == {"outage": True, "intents": row.before["intents"], "emotion": "anger"}
    assert told.detail["after"] == {"outage": False, "intents": ["question"], "emotion": "confusion"}


def test_it_takes_the_place_of_the_reading_and_is_certain(any_database: Database) -> None:
    mention = read_and_counted(any_database)
    correct(any_database, mention, outage=False, angry=True, sentiment=Sentiment.POSITIVE, impact=Impact.NONE)
    reading = mention_of(any_database, mention).reading.value()
    assert (reading.outage, reading.outage_score) == (False, 0)
    assert (reading.angry, reading.angry_score) == (True, 0.81)  # was so already
    assert (reading.sentiment, reading.sentiment_score) == (Sentiment.POSITIVE, 1)
    assert reading.impact is Impact.NONE
    assert reading.confidence == 1
    assert reading.model == "bundled@test"


def test_the_hourly_counts_move_with_it(any_database: Database) -> None:
    mention = read_and_counted(any_database)
    assert hours(any_database) == (1, 1, 0, 0, 1, 1)
    first = correct(any_database, mention, angry=False, sentiment=Sentiment.NEUTRAL)
    assert hours(any_database) == (1, 0, 1, 0, 1, 0)
    second = correct(any_database, mention, first.correction, relevant=False)
    assert hours(any_database) == (0, 0, 0, 0, 0, 0)
    third = correct(any_database, mention, second.correction, outage=False)
    assert hours(any_database) == (0, 0, 0, 0, 0, 0)
    correct(any_database, mention, third.correction, relevant=True)
    assert hours(any_database) == (1, 0, 1, 0, 0, 0)


def test_a_waiting_reply_is_drawn_again(any_database: Database) -> None:
    mention = read_and_counted(any_database)
    draft = any_database.draft(mention)
    assert correct(any_database, mention, outage=False).redrawn
    assert mention_of(any_database, mention).status == MentionStatus.READ
    assert (draft_of(any_database, draft).status, draft_of(any_database, draft).reason) == (
        "superseded",
        "the reading was corrected",
    )


def test_an_edited_reply_keeps_its_words_and_takes_its_new_place(any_database: Database) -> None:
    any_database.user()
    mention = read_and_counted(any_database)
    draft = any_database.draft(mention, edited_by=1, stage="anger", priority=50)
    assert not correct(any_database, mention, impact=Impact.SAFETY).redrawn
    row = draft_of(any_database, draft)
    assert (row.status, row.priority, row.version) == ("waiting", 1050, 2)


def test_what_is_not_about_us_gets_no_reply(any_database: Database) -> None:
    any_database.user()
    mention = read_and_counted(any_database)
    draft = any_database.draft(mention, edited_by=1)
    correct(any_database, mention, relevant=False)
    assert mention_of(any_database, mention).status == MentionStatus.WATCHED
    assert draft_of(any_database, draft).status == "superseded"


@pytest.mark.parametrize("status", ["approved", "rejected", "done"])
def test_a_decided_reply_stays_as_it_was_decided(any_database: Database, status: str) -> None:
    mention = read_and_counted(any_database)
    draft = any_database.draft(mention, status=status)
    assert not correct(any_database, mention, outage=False).redrawn
    assert draft_of(any_database, draft).status == status
    assert mention_of(any_database, mention).status == MentionStatus.DRAFTED


def test_a_watched_mention_is_decided_on_anew(any_database: Database) -> None:
    mention = read_and_counted(any_database, status="watched", reading={"about": "other", "intents": ["other"]})
    correct(any_database, mention, about=About.SERVICE, intents=(Intent.OUTAGE_REPORT,))
    assert mention_of(any_database, mention).status == MentionStatus.READ


def test_the_case_leaves_and_joins_the_open_incident(any_database: Database) -> None:
    incident = any_database.incident()
    case = any_database.case(incident_id=incident)
    mention = read_and_counted(any_database, case_id=case, reading={"intents": ["outage_report"]})

    def tied() -> int | None:
        with any_database.store.read() as db:
            return db.get_one(CaseRow, case).incident_id

    first = correct(any_database, mention, outage=False, intents=(Intent.COMPLAINT,))
    assert tied() is None
    correct(any_database, mention, first.correction, outage=True)
    assert tied() == incident


def test_the_case_stays_for_another_of_its_posts(any_database: Database) -> None:
    incident = any_database.incident()
    case = any_database.case(incident_id=incident)
    any_database.mention(case_id=case)
    mention = read_and_counted(any_database, case_id=case)
    correct(any_database, mention, outage=False, intents=(Intent.COMPLAINT,))
    with any_database.store.read() as db:
        assert db.get_one(CaseRow, case).incident_id == incident


def test_undone_by_relabelling_again(any_database: Database) -> None:
    mention = read_and_counted(any_database)
    before, counted = labels(any_database, mention), hours(any_database)
    made = correct(any_database, mention, outage=False, angry=False)
    relabel(
        any_database.store, mention_id=mention, seen=made.correction, labels=made.before, actor=ANA,
        clock=any_database.clock,
    )  # fmt: skip
    assert labels(any_database, mention) == before
    assert hours(any_database) == counted
    with any_database.store.read() as db:
        assert list(corrections.corrected(db, BRAND)) == []


def test_who_comes_second_is_told(any_database: Database) -> None:
    mention = read_and_counted(any_database)
    correct(any_database, mention, outage=False)
    with pytest.raises(Conflict, match="somebody else"):
        correct(any_database, mention, angry=False)
    assert labels(any_database, mention).angry


def test_nothing_changed_is_nothing_kept(any_database: Database) -> None:
    mention = read_and_counted(any_database)
    draft = any_database.draft(mention)
    assert correct(any_database, mention).correction == 0
    assert draft_of(any_database, draft).status == "waiting"
    with any_database.store.read() as db:
        assert corrections.newest_of(db, mention) is None


def test_a_viewer_may_not(database: Database) -> None:
    mention = read_and_counted(database)
    with pytest.raises(Refused):
        correct(database, mention, actor=Actor(id=2, name="Vic", role="viewer"), outage=False)


def test_what_has_no_reading_cannot_be_corrected(database: Database) -> None:
    mention = read_and_counted(database)
    wanted = labels(database, mention)
    with pytest.raises(InputError, match="no mention 99"):
        relabel(database.store, mention_id=99, seen=0, labels=wanted, actor=ANA, clock=database.clock)
    with database.store.begin() as db:
        db.get_one(MentionRow, mention).status = MentionStatus.NEW.value
    with pytest.raises(InputError, match="not been read"):
        relabel(database.store, mention_id=mention, seen=0, labels=wanted, actor=ANA, clock=database.clock)


def test_how_often_people_agree(any_database: Database) -> None:
    any_database.user()
    agreed, wrong, back, undecided = (read_and_counted(any_database, author=name) for name in "abcd")
    for mention in (agreed, wrong):
        any_database.draft(mention, status="rejected")
    any_database.draft(undecided)
    correct(any_database, wrong, outage=False, angry=False)
    made = correct(any_database, back, outage=False)
    correct(any_database, back, made.correction, outage=True)
    with any_database.store.read() as db:
        found = corrections.judged(db, brand=BRAND, start=START - timedelta(days=1), end=START + timedelta(days=1))
        none = corrections.judged(db, brand=BRAND, start=START + timedelta(days=1), end=START + timedelta(days=2))
    assert {each.mention_id: each.changed for each in found} == {agreed: (), wrong: ("outage", "angry"), back: ()}
    assert {each.at for each in found} == {START}
    assert none == []


def test_drafts_of_a_corrected_mention_can_be_written_again(any_database: Database) -> None:
    mention = read_and_counted(any_database)
    any_database.draft(mention)
    correct(any_database, mention, outage=False)
    with any_database.store.read() as db:
        assert drafts.live_of(db, mention) is None
