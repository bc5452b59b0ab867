"""Reading again: counts stay right, people's words stay in force, and nothing that was decided moves."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from classifier.rescore import BATCH, Again, rescore
from classifier.score import score_new
from core.domain import About, Emotion, Impact, Intent, Labels, MentionStatus, Reading, Sentiment
from core.sections import Department
from core.store import corrections, drafts, feedback, mentions, rollups
from core.store.cases import CaseRow
from core.store.mentions import MentionRow, ReadingRow
from core.store.rereading import Wanted
from core.store.waiting import WaitingRow
from incidents.feedback import route_new
from responder.approval import Actor
from responder.relabel import labels_of, relabel
from tests.classifier.kept import row
from tests.factories import BRAND, START

ANA = Actor(1, "Ana", "approver")


class Words:
    """Reads by words: who names one of ``outage`` tells of an outage, who shouts is angry."""

    def __init__(self, name, outage, meanwhile=lambda: None):
        self.name, self.names, self._outage, self._meanwhile = name, frozenset({name}), outage, meanwhile

    def read(self, texts, languages=()):
        self._meanwhile()
        return [self._one(text) for text in texts]

    def warm_up(self):
        """Nothing to load."""

    def _one(self, text):
        down, angry = any(word in text for word in self._outage), text.isupper()
        return Reading(
            sentiment=Sentiment.NEGATIVE if down or angry else Sentiment.NEUTRAL, sentiment_score=-0.5,
            emotion=Emotion.ANGER if angry else Emotion.NEUTRAL,
            intents=(Intent.OUTAGE_REPORT if down else Intent.OTHER,), outage=down, outage_score=float(down),
            angry=angry, angry_score=float(angry), impact=Impact.NONE, about=About.SERVICE, language="en",
            confidence=0.9, model=self.name,
        )  # fmt: skip


class Suggesting(Words):
    """Takes those words for a suggestion."""

    def _one(self, text):
        found = super()._one(text)
        return replace(found, intents=(Intent.SUGGESTION,), outage=False) if found.outage else found


OLD = Words("old@1", {"data"})
NEW = Words("new@2", {"data", "signal", "SIGNAL"})


def posts(database, *texts, **values):
    """Mentions that the old model has read, an hour apart."""
    made = []
    for number, text in enumerate(texts):
        made.append(
            database.mention(
                text, status="new", created_at=START - timedelta(hours=number), author=f"a{number}", **values
            )
        )
        with database.store.begin() as db:
            db.delete(db.get_one(ReadingRow, made[-1]))
    score_new(OLD, store=database.store, clock=database.clock)
    return made


def again(database, model=NEW, wanted=None, **options):
    wanted = wanted or Wanted(unless_by=model.names)
    return rescore(
        model, wanted, store=database.store, clock=database.clock, **({"told": lambda _done: None} | options)
    )


def counted(database):
    """What stands in the counts, hours without anything left out."""
    with database.store.read() as db:
        hours = rollups.between(db, brand=BRAND, start=START - timedelta(days=9), end=START + timedelta(days=1))
        found = {(one.platform, one.hour): tuple(getattr(one, name) for name in rollups.COUNTS) for one in hours}
    return {key: numbers for key, numbers in found.items() if any(numbers)}


def counted_afresh(database):
    """The same from the readings themselves."""
    found = {}
    with database.store.read() as db:
        for mention in db.scalars(select(MentionRow).where(MentionRow.relevant, MentionRow.status != "new")):
            one = mention.reading.value()
            key = (mention.platform, mention.created_at.replace(minute=0, second=0, microsecond=0))
            numbers = Counter(
                {"volume": 1, one.sentiment.value: 1, "outage": one.outage, "outage_anger": one.outage_anger}
            )
            found[key] = found.get(key, Counter()) + numbers
    return {key: tuple(numbers[name] for name in rollups.COUNTS) for key, numbers in found.items()}


def test_readings_change_and_the_counts_with_them(any_database):
    made = posts(any_database, "no data", "no signal", "NO SIGNAL", "nice shop", "no signal here")
    with any_database.store.begin() as db:
        mentions.note(db, made[4], relevant=False)
        rollups.count(
            db, brand=BRAND, platform="x", at=row(any_database, made[4]).created_at, new=None, old=OLD.read(["x"])[0]
        )
    before = counted(any_database)
    assert before == counted_afresh(any_database)
    done = again(any_database)
    assert (done.of, done.read, done.changed, done.models) == (5, 5, 3, {"new@2": 5})
    assert done.labels == {"outage": 3, "intents": 3, "sentiment": 2}
    assert row(any_database, made[1]).reading.value() == NEW.read(["no signal"])[0]
    assert counted(any_database) == counted_afresh(any_database) != before


def test_what_the_model_in_use_has_read_is_left_alone_unless_all_is_asked_for(any_database):
    posts(any_database, "no data", "no signal")
    assert again(any_database).read == 2
    assert again(any_database) == Again(0)
    done = again(any_database, wanted=Wanted())
    assert (done.read, done.changed) == (2, 0)
    assert counted(any_database) == counted_afresh(any_database)


def test_only_what_was_posted_in_a_stretch_is_read(any_database):
    made = posts(any_database, "no signal", "no signal", "no signal")
    since, until = START - timedelta(hours=1), START
    done = again(any_database, wanted=Wanted(since=since, until=until))
    assert done.read == 1
    assert [row(any_database, each).reading.model for each in made] == ["old@1", "new@2", "old@1"]


def test_a_trial_says_the_same_and_changes_nothing(any_database):
    made = posts(any_database, "no data", "no signal")
    before = counted(any_database)
    done = again(any_database, keep=False)
    assert (done.read, done.changed) == (2, 1)
    assert {row(any_database, each).reading.model for each in made} == {"old@1"}
    assert counted(any_database) == before


def test_a_run_that_is_stopped_goes_on_where_it_was(database):
    posts(database, *["no signal"] * (BATCH + 3))

    class StoppedError(Exception):
        pass

    def stop(_done):
        raise StoppedError

    with pytest.raises(StoppedError):
        again(database, told=stop)
    assert counted(database) == counted_afresh(database)
    done = again(database)
    assert (done.of, done.read) == (3, 3)
    assert counted(database) == counted_afresh(database)


def test_what_a_person_said_stays_in_force(any_database):
    corrected, other = posts(any_database, "no signal", "no signal")
    seen = labels_of(row(any_database, corrected))
    said = replace(seen, angry=True, sentiment=Sentiment.POSITIVE)
    relabel(any_database.store, mention_id=corrected, seen=0, labels=said, actor=ANA, clock=any_database.clock)
    assert again(any_database).changed == 1
    found = row(any_database, corrected).reading
    assert (Labels.of(found.value()), found.confidence, found.model) == (said, 1.0, "new@2")
    assert row(any_database, other).reading.outage
    assert counted(any_database) == counted_afresh(any_database)


def test_a_correction_made_while_the_model_reads_wins(any_database):
    (mention,) = posts(any_database, "no signal")
    said = replace(labels_of(row(any_database, mention)), angry=True)

    def correct():
        relabel(any_database.store, mention_id=mention, seen=0, labels=said, actor=ANA, clock=any_database.clock)

    again(any_database, Words("new@2", {"signal"}, correct))
    assert Labels.of(row(any_database, mention).reading.value()) == said
    assert counted(any_database) == counted_afresh(any_database)


def test_what_was_erased_or_sent_back_meanwhile_is_left_to_others(any_database):
    erased, sent_back = posts(any_database, "no signal", "no signal")

    def meanwhile():
        with any_database.store.begin() as db:
            mentions.note(db, erased, text="")
            mentions.note(db, sent_back, status=MentionStatus.NEW.value)

    assert again(any_database, Words("new@2", {"signal"}, meanwhile)).read == 0
    assert {row(any_database, each).reading.model for each in (erased, sent_back)} == {"old@1"}
    assert again(any_database).of == 0


def test_nothing_that_was_decided_moves(any_database):
    (mention,) = posts(any_database, "no signal")
    draft = any_database.draft(mention)
    any_database.incident()  # open, and by the new reading the post belongs to it
    with any_database.store.begin() as db:
        db.get_one(MentionRow, mention).status = MentionStatus.DRAFTED.value

    def decided():
        with any_database.store.read() as db:
            post, reply = db.get_one(MentionRow, mention), drafts.whole(db, draft)
            case = db.get_one(CaseRow, post.case_id)
            return (
                post.status, post.relevant, post.spam, post.relevance, post.reading.read_at, case.stage,
                case.incident_id, reply.status, reply.version, reply.priority, reply.text, reply.incident_id,
            )  # fmt: skip

    before = decided()
    any_database.clock.forward(days=3)
    assert again(any_database).changed == 1
    assert decided() == before


def test_the_marks_in_the_queue_follow_the_reading(any_database):
    (mention,) = posts(any_database, "NO SIGNAL")
    draft = any_database.draft(mention)

    def anger():
        with any_database.store.read() as db:
            return db.get_one(WaitingRow, draft).anger

    assert not anger()
    again(any_database)
    assert anger()


def test_a_post_that_breaks_the_model_keeps_its_reading(database):
    good, bad = posts(database, "no signal", "breaks it")

    class Fragile(Words):
        def _one(self, text):
            if "breaks" in text:
                raise ValueError(text)
            return super()._one(text)

    assert again(database, Fragile("new@2", {"signal"})).read == 1
    assert (row(database, good).reading.model, row(database, bad).reading.model) == ("new@2", "old@1")


def test_a_later_correction_counts_from_the_new_reading(database):
    """The oldest correction's ``before`` is what the export calls the model's word."""
    (mention,) = posts(database, "no signal")
    again(database)
    seen = labels_of(row(database, mention))
    relabel(
        database.store, mention_id=mention, seen=0, labels=replace(seen, outage=False), actor=ANA, clock=database.clock
    )
    with database.store.read() as db:
        (found,) = corrections.corrected(db, BRAND)
    assert (found.before, found.after, found.model) == ({"outage": True}, {"outage": False}, "new@2")


def test_feedback_that_the_new_model_finds_reaches_its_department(any_database):
    """The walk for feedback has passed the post when it is read again."""
    database = any_database
    [late, _] = posts(database, "I lost SIGNAL", "nice shop")
    departments = {"Network": Department(intents=("suggestion",))}
    route = partial(route_new, database.store, brand=BRAND, departments=departments, clock=database.clock)
    assert route() == {}
    again(database, Suggesting("new@2", {"SIGNAL"}))
    assert route() == {"Network": 1}
    with database.store.read() as db:
        assert [item.mention_id for item in feedback.listed(db, BRAND, status="open", department=None)] == [late]
