"""Alarms: what raises them, how often, and who ends them."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from core.domain import Reading
from core.domain.alarm import AlarmKind
from core.errors import Conflict
from core.sections import Alerts
from core.store import Store, rollups
from core.store.alerts import AlarmRow
from core.store.cursors import CursorRow
from core.store.deliveries import DeliveryRow, Look
from core.store.incidents import IncidentRow
from core.store.mentions import MentionRow, ReadingRow
from core.store.promises import PromiseRow
from incidents import alerts
from incidents.watching import Watched, plain
from tests.factories import BRAND, Clock, Database
from tests.incidents.sending import send

SETTINGS = Alerts(cool_down_minutes=15, safety_minutes=5, silent_minutes=30, silent_complaints=4, source_minutes=10)
WATCHED = Watched(brand=BRAND, alerts=SETTINGS, sources={"x": 60, "quiet": 60})


def watch(database: Database) -> Counter[str]:
    return alerts.watch(database.store, WATCHED, clock=database.clock)


def rows(store: Store, kind: AlarmKind | None = None) -> list[AlarmRow]:
    with store.read() as db:
        found = db.scalars(select(AlarmRow).order_by(AlarmRow.id)).all()
    return [row for row in found if kind is None or row.kind == kind.value]


def test_a_quiet_day_raises_nothing(any_database: Database) -> None:
    any_database.incident()
    any_database.mention()
    assert watch(any_database) == {}
    assert rows(any_database.store) == []


def test_a_suspected_incident_is_raised_once_and_again_after_growing_pauses(
    any_database: Database, clock: Clock
) -> None:
    any_database.incident(status="suspected", title="Data <!channel> @everyone", next_update_at=None)
    raised = []
    for minute in range(120):
        raised += [minute] * watch(any_database)["raised"]
        clock.forward(minutes=1)
    assert raised == [0, 15, 45, 105]  # 15, 30, 60 minutes apart
    found = rows(any_database.store)
    assert {row.subject for row in found} == {"incident:1"}
    assert [row.again for row in found] == [0, 1, 2, 3]
    assert found[0].title == "Suspected incident: Data ‹!channel› ＠everyone"
    assert found[0].path == "/incidents/1"


def test_who_takes_an_alarm_on_silences_it_and_the_second_is_told(any_database: Database, clock: Clock) -> None:
    any_database.incident(status="suspected", next_update_at=None)
    watch(any_database)
    first = rows(any_database.store)[0].id
    alerts.acknowledge(any_database.store, brand=BRAND, alarm_id=first, actor="Lena", clock=clock)
    with pytest.raises(Conflict):
        alerts.acknowledge(any_database.store, brand=BRAND, alarm_id=first, actor="Ana", clock=clock)
    clock.forward(hours=30)
    assert watch(any_database) == {}
    assert rows(any_database.store)[0].acknowledged_by == "Lena"


def test_another_brand_takes_nothing_on(any_database: Database, clock: Clock) -> None:
    any_database.incident(status="suspected", next_update_at=None)
    watch(any_database)
    with pytest.raises(Conflict):
        alerts.acknowledge(any_database.store, brand="Other", alarm_id=1, actor="Eve", clock=clock)


def test_what_is_over_is_noted_and_a_new_occasion_is_a_new_alarm(any_database: Database, clock: Clock) -> None:
    incident = any_database.incident(next_update_at=clock() - timedelta(minutes=1))
    assert watch(any_database) == {"raised": 1}
    _promise(any_database, incident, clock() + timedelta(minutes=20))
    clock.forward(minutes=1)
    assert watch(any_database) == {"over": 1}
    clock.forward(minutes=20)  # the second promise has passed, too, and the cool-down
    assert watch(any_database) == {"raised": 1}
    first, second = rows(any_database.store)
    assert first.over_at is not None
    assert (second.number, second.again, second.over_at) == (2, 0, None)


def _promise(database: Database, incident: int, at: object) -> None:
    from core.store.incidents import IncidentRow

    with database.store.begin() as db:
        db.get_one(IncidentRow, incident).next_update_at = at  # type: ignore[assignment]


def test_danger_is_repeated_every_few_minutes_until_somebody_decides(any_database: Database, clock: Clock) -> None:
    mention = any_database.mention("no 911 here", reading={"impact": "safety"})
    draft = any_database.draft(mention)
    raised = []
    for minute in range(13):
        raised += [minute] * watch(any_database)["raised"]
        clock.forward(minutes=1)
    assert raised == [0, 5, 10]
    first = rows(any_database.store)[0]
    assert (first.kind, first.path) == ("safety", f"/queue?draft={draft}")
    assert "911" not in first.title + first.body  # no words of strangers in chat programs
    any_database.draft(mention, status="rejected")
    assert watch(any_database) == {"over": 3}


def test_one_customer_in_danger_is_one_alarm_however_often_they_write(any_database: Database) -> None:
    case = any_database.case()
    for _ in range(2):
        any_database.mention(case_id=case, reading={"impact": "safety"})
    any_database.mention(author="kim", reading={"impact": "safety"})
    any_database.mention(author="bob", reading={"impact": "safety"}, relevant=False)
    assert watch(any_database) == {"raised": 2}


def test_the_newest_in_danger_is_told_whoever_waits_before(database: Database) -> None:
    first = database.mention(reading={"impact": "safety"})
    with database.store.read() as db:
        values = {c.name: getattr(db.get_one(MentionRow, first), c.name) for c in MentionRow.__table__.columns}
        said = {c.name: getattr(db.get_one(ReadingRow, first), c.name) for c in ReadingRow.__table__.columns}
    more = range(first + 1, first + 520)
    with database.store.begin() as db:
        db.execute(insert(MentionRow), [values | {"id": one, "external_id": f"n{one}"} for one in more])
        db.execute(insert(ReadingRow), [said | {"mention_id": one} for one in more])
    database.mention(author="kim", reading={"impact": "safety"})
    assert watch(database)["raised"] == 2 + 1  # the two customers, and our silence


def test_silence_is_an_alarm_only_while_complaints_rise(any_database: Database, clock: Clock) -> None:
    for _ in range(4):
        any_database.mention()
    assert watch(any_database) == {"raised": 1}
    found = rows(any_database.store, AlarmKind.SILENT)[0]
    assert found.subject == "platform:x"
    assert "4 complaints in 30 minutes" in found.body


def test_as_many_complaints_as_usual_are_no_alarm(any_database: Database, clock: Clock) -> None:
    for _ in range(4):
        any_database.mention()
    with any_database.store.begin() as db:
        usual = _negative()
        for hour in range(2, 26):
            for _ in range(5):  # 2.5 in half an hour: 4 are less than twice that
                rollups.count(db, brand=BRAND, platform="x", at=clock() - timedelta(hours=hour), new=usual)
    assert watch(any_database) == {}


def _negative() -> Reading:
    from core.domain import About, Emotion, Impact, Sentiment

    return Reading(
        sentiment=Sentiment.NEGATIVE, sentiment_score=-1, emotion=Emotion.ANGER, intents=(), outage=False,
        outage_score=0, angry=False, angry_score=0, impact=Impact.NONE, about=About.SERVICE, language="en",
        confidence=1, model="m@1",
    )  # fmt: skip


def test_who_answered_just_now_is_not_silent(any_database: Database, clock: Clock) -> None:
    drafts = [any_database.draft(any_database.mention()) for _ in range(5)]
    send(any_database, drafts[0], at=clock() - timedelta(minutes=10))
    assert watch(any_database) == {}
    clock.forward(minutes=25)  # the posts are 29 minutes old, the reply 35
    assert [row.kind for row in rows(any_database.store)] == []
    assert watch(any_database) == {"raised": 1}


@pytest.mark.parametrize(
    ("problem", "failures", "minutes", "kind"),
    [
        ("X refused the log-in (401). Check the credentials", 1, 1, "login"),
        ("X did not answer", 9, 14, None),
        ("X did not answer", 9, 16, "source"),
        ("", 0, 16, "source"),  # no error, and yet nothing comes: a stream that died
    ],
)
def test_a_source_that_stopped(any_database: Database, clock: Clock, problem: str, failures: int, minutes: int,
                               kind: str | None) -> None:  # fmt: skip
    with any_database.store.begin() as db:
        heard = clock() - timedelta(minutes=minutes)
        db.add(CursorRow(source="x", polled_at=clock(), succeeded_at=heard, failures=failures, problem=problem))
        db.add(CursorRow(source="removed from the configuration", polled_at=heard, failures=99, problem="gone"))
    watch(any_database)
    assert [row.kind for row in rows(any_database.store)] == ([kind] if kind else [])


def test_a_publisher_that_is_refused_while_replies_wait(any_database: Database) -> None:
    draft = any_database.draft()
    send(any_database, draft, sent=False, problem="X refused the log-in (401). Check the credentials")
    send(any_database, any_database.draft(), sent=False, problem="X did not answer; it is tried again")
    watch(any_database)
    assert rows(any_database.store) == []  # the newest try says something else
    send(any_database, any_database.draft(), sent=False, problem="X refused the log-in (401). Check the credentials")
    watch(any_database)
    (found,) = rows(any_database.store)
    assert (found.kind, found.subject, found.path) == ("login", "publisher:console", "/queue/sent")
    assert found.body.startswith("3 approved replies wait.")


def test_a_broken_promise_is_raised_but_not_beside_the_update_it_speaks_of(
    any_database: Database, clock: Clock
) -> None:
    late = clock() - timedelta(minutes=3)
    incident = any_database.incident(next_update_at=late)
    for kind in ("update", "credit"):
        with any_database.store.begin() as db:
            db.add(
                PromiseRow(brand=BRAND, incident_id=incident, kind=kind, text="We will credit you", owner="Lena",
                           due_at=late, made_at=late, status="open")
            )  # fmt: skip
    watch(any_database)
    assert [(row.kind, row.subject) for row in rows(any_database.store)] == [
        ("update", f"incident:{incident}"), ("promise", "promise:2"),
    ]  # fmt: skip


def test_two_watches_at_once_raise_once(any_database: Database, clock: Clock) -> None:
    """Both looked before either wrote: the number of the alarm lets only one in."""
    from core.store import alerts as kept
    from incidents.watching import look

    any_database.incident(status="suspected", next_update_at=None)
    with any_database.store.read() as db:
        (alarm,) = look(db, WATCHED, clock())
    with any_database.store.begin() as db:
        assert kept.add(db, BRAND, alarm, number=1, again=0, now=clock()) is not None
        assert kept.add(db, BRAND, alarm, number=1, again=0, now=clock()) is None
    assert watch(any_database) == {}


def test_words_of_others_call_nobody() -> None:
    said = plain("<!here> @everyone\n[bank](https://evil.example)\x1b[2J " + "long " * 99)
    assert said.startswith("‹!here› ＠everyone [bank] (https://evil.example) [2J long")
    assert len(said) == 120


def test_a_mention_without_a_case_is_seen_too(any_database: Database) -> None:
    mention = any_database.mention(reading={"impact": "safety"})
    with any_database.store.begin() as db:
        db.get_one(MentionRow, mention).case_id = None
    watch(any_database)
    assert [row.subject for row in rows(any_database.store)] == [f"mention:{mention}"]


def test_what_is_over_for_long_is_forgotten_and_what_holds_is_kept(any_database: Database, clock: Clock) -> None:
    over = any_database.incident(status="suspected", next_update_at=None)
    watch(any_database)
    with any_database.store.begin() as db:
        db.get_one(IncidentRow, over).status = "dismissed"
    watch(any_database)
    any_database.incident(status="suspected", title="Holds", next_update_at=None)
    watch(any_database)
    settings = Alerts(kept_days=30)
    clock.forward(days=29)
    assert alerts.forget(any_database.store, brand=BRAND, settings=settings, clock=clock) == 0
    clock.forward(days=2)
    assert alerts.forget(any_database.store, brand="Another", settings=settings, clock=clock) == 0
    assert alerts.forget(any_database.store, brand=BRAND, settings=settings, clock=clock) == 1
    assert [row.over_at for row in rows(any_database.store)] == [None]


def test_an_incident_that_is_resolved_owes_no_update_until_it_comes_back(any_database: Database, clock: Clock) -> None:
    incident = any_database.incident(status="resolved", next_update_at=clock() - timedelta(minutes=5))
    assert watch(any_database) == {}
    with any_database.store.begin() as db:
        db.get_one(IncidentRow, incident).status = "monitoring"
    assert watch(any_database) == {"raised": 1}


@pytest.mark.parametrize("look", [Look.DIFFERS, Look.UNSEEN])
def test_a_reply_that_is_not_what_was_approved_is_an_alarm_until_it_is_taken_down(
    any_database: Database, clock: Clock, look: Look
) -> None:
    number = send(any_database, any_database.draft())
    assert watch(any_database) == {}
    with any_database.store.begin() as db:
        row = db.get_one(DeliveryRow, number)
        row.look, row.looked_at, row.look_at = look, clock(), clock()
        row.differs = "the platform shows another text than was approved" if look == Look.DIFFERS else ""
    assert watch(any_database) == {"raised": 1}
    (alarm,) = rows(any_database.store, AlarmKind.REPLY)
    assert (alarm.subject, alarm.path) == (f"delivery:{number}", "/queue/sent")
    assert ("another text" in alarm.body) is (look == Look.DIFFERS)
    with any_database.store.begin() as db:
        db.get_one(DeliveryRow, number).taken_down_at = clock()
    assert watch(any_database)["raised"] == 0
