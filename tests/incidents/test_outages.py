"""The detector hears an outage in minutes, and takes neither a campaign nor one loud person for one."""

import math
import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest

from core.domain import IncidentStatus
from core.settings import Detection
from core.store import Store, audit, incidents, open_store
from core.store.incidents import IncidentRow
from incidents.outage_words import summary
from incidents.outages import FAILING, SERIES, Alarm, Heard, Sensitivity, Watch, excess, series_of, weights
from incidents.suspecting import suspect
from incidents.usual import FLOORS, Usual
from tests.factories import BRAND, Clock, Database

START = datetime(2026, 11, 1, tzinfo=UTC)
DAY = 1440.0


def post(minute: float, outage: float = 0.05, *, author: str = "", text: str = "", angry: float = 0.1) -> Heard:
    words = "".join(chr(97 + int(figure)) for figure in f"{minute * 1000:.0f}")
    return Heard(START + timedelta(minutes=minute), author or f"a{minute}", text or words, outage, angry, minute)


def quiet(days: float, *, a_day: float = 120, speaking: float = 0.06, seed: int = 5) -> Iterator[Heard]:
    """An even flow, of which a small share speaks of a failure every day."""
    chance, minute = random.Random(seed), 0.0
    while (minute := minute + chance.expovariate(a_day / DAY)) < days * DAY:
        yield post(minute, 0.95 if chance.random() < speaking else 0.05)


def burst(at: float, posts: int, *, speaking: float, minutes: float, seed: int = 9, **more: str) -> list[Heard]:
    chance = random.Random(seed)
    return [
        post(at + minutes * (n + chance.random()) / posts, 0.95 if chance.random() < speaking else 0.05, **more)
        for n in range(posts)
    ]


def heard(*flows: list[Heard], **terms: float) -> list[Alarm]:
    watch = Watch(Sensitivity(**terms))  # type: ignore[arg-type]
    found = [watch.hear(each) for each in sorted(chain(*flows), key=lambda each: each.at)]
    return [alarm for alarm in found if alarm is not None]


def outages(*flows: list[Heard], **terms: float) -> list[Alarm]:
    return [alarm for alarm in heard(*flows, **terms) if alarm.kind == "outage"]


@pytest.mark.parametrize(("a_day", "posts"), [(5, 20), (120, 30), (1200, 160), (5000, 900)])
def test_an_outage_is_heard_within_minutes_at_any_size_of_brand(a_day: int, posts: int) -> None:
    at = 6 * DAY + 600
    found = outages(list(quiet(7, a_day=a_day)), burst(at, posts, speaking=0.8, minutes=30))
    assert len(found) == 1
    assert at <= (found[0].detected_at - START) / timedelta(minutes=1) <= at + 8
    assert abs((found[0].started_at - START) / timedelta(minutes=1) - at) < 6


@pytest.mark.parametrize("a_day", [5, 120, 1200])
def test_quiet_weeks_raise_nothing(a_day: int) -> None:
    assert heard(list(quiet(21, a_day=a_day))) == []


@pytest.mark.parametrize("minutes", [20, 180])
def test_many_posts_with_the_usual_share_are_a_spike_and_no_outage(minutes: float) -> None:
    found = heard(list(quiet(7)), burst(6 * DAY + 600, 240, speaking=0.06, minutes=minutes))
    assert [alarm.kind for alarm in found] == ["spike"]


def test_an_outage_during_a_campaign_is_heard() -> None:
    campaign = burst(6 * DAY, 600, speaking=0.05, minutes=360)
    failing = burst(6 * DAY + 180, 120, speaking=0.9, minutes=60, seed=3)
    found = heard(list(quiet(7)), campaign, failing)
    assert [alarm.kind for alarm in found][:2] == ["spike", "outage"]
    assert found[0].ended_at == found[1].detected_at


def test_one_person_who_says_it_often_is_not_heard() -> None:
    assert outages(list(quiet(7)), burst(6 * DAY, 40, speaking=1, minutes=30, author="angry")) == []


def test_two_people_are_too_few() -> None:
    pair = [
        *burst(6 * DAY, 20, speaking=1, minutes=30, author="a"),
        *burst(6 * DAY, 20, speaking=1, minutes=30, author="b"),
    ]
    assert outages(list(quiet(7)), pair) == []


def test_more_people_are_asked_for_by_a_setting() -> None:
    flow, failing = list(quiet(7)), burst(6 * DAY, 60, speaking=0.9, minutes=60)
    few, many = (outages(flow, failing, fewest=count)[0] for count in (3, 20))
    assert many.people >= 20
    assert few.detected_at < many.detected_at


def test_one_person_who_floods_hides_no_outage() -> None:
    flood = burst(6 * DAY, 60, speaking=1, minutes=30, author="angry", seed=2)
    assert len(outages(list(quiet(7)), flood, burst(6 * DAY, 30, speaking=0.9, minutes=30))) == 1


def test_the_same_words_from_many_count_less_than_words_of_their_own() -> None:
    one_text = outages(list(quiet(7)), burst(6 * DAY, 12, speaking=1, minutes=12, text="RT @x down again http://a.b/1"))
    own_words = outages(list(quiet(7)), burst(6 * DAY, 12, speaking=1, minutes=12))
    assert not one_text or one_text[0].detected_at > own_words[0].detected_at


def test_a_reader_that_errs_often_does_not_alarm_more() -> None:
    """A fifth of the quiet posts is taken for an outage: the floor is learned, and a real one is still heard."""
    calm = list(quiet(14, speaking=0.2))
    assert outages(calm) == []
    assert len(outages(calm, burst(13 * DAY, 60, speaking=0.8, minutes=40))) == 1


def test_an_hour_of_outage_does_not_become_usual() -> None:
    days = [burst(day * DAY + 700, 60, speaking=0.9, minutes=60, seed=day) for day in range(3, 13)]
    assert len(outages(list(quiet(14, a_day=40)), *days)) == 10


def test_the_cool_down_keeps_silent() -> None:
    twice = [*burst(6 * DAY, 40, speaking=0.9, minutes=20), *burst(6 * DAY + 90, 40, speaking=0.9, minutes=20)]
    assert len(outages(list(quiet(7)), twice)) == 2 - 1
    assert len(outages(list(quiet(7)), twice, cool_down=0)) == 2


def test_silence_ends_an_outage_and_does_not_hide_the_next() -> None:
    """The next post comes weeks later, and is the first of another outage."""
    first, second = (burst(at, 30, speaking=1, minutes=8) for at in (6 * DAY, 60 * DAY))
    one, other = outages(list(quiet(6)), first, second)
    assert one.ended_at is not None
    assert timedelta(minutes=30) < one.ended_at - one.detected_at < timedelta(minutes=40)
    assert one.mentions <= len(first) + 2
    assert other.started_at == second[0].at


def test_a_score_uses_nothing_after_it() -> None:
    at = 6 * DAY
    flow = sorted([*quiet(7), *burst(at, 60, speaking=0.8, minutes=40)], key=lambda each: each.at)
    whole = outages(flow)[0].detected_at
    assert outages([each for each in flow if each.at <= whole])[0].detected_at == whole


def test_less_sensitive_takes_longer_and_each_dismissal_asks_for_more() -> None:
    flow, more = list(quiet(7)), burst(6 * DAY, 60, speaking=0.6, minutes=60)
    eager, wary = (outages(flow, more, factor=factor)[0].detected_at for factor in (50, 0.02))
    assert eager < wary
    needed = [Sensitivity().after_dismissals(count).least for count in range(4)]
    assert needed == sorted(set(needed))


def test_bounds_are_bounds() -> None:
    assert excess(3, 3) == 0
    assert excess(4, 0.1) == pytest.approx(10.86, abs=0.01)  # P(Poisson(0.1) >= 4) = e^-12.5


def test_a_sure_reading_says_more_than_a_doubtful_one_and_another_topic_takes_away() -> None:
    said = weights(FLOORS)
    assert [series_of(chance) for chance in (0.0, 0.54, 0.55, 0.85, 0.92, 1.0)] == [0, 0, 1, 2, 3, 3]
    assert said == sorted(said)
    assert said[0] < 0 < said[1]
    assert sum(math.exp(-nats) * share for nats, share in zip(said, FAILING, strict=True)) == pytest.approx(1), (
        "on quiet days the mean likelihood ratio is 1: the sum of nats falls"
    )


def test_what_is_read_into_quiet_days_says_less() -> None:
    usual = Usual(len(SERIES))
    assert usual.shares == list(FLOORS)
    usual.learn(dict.fromkeys(range(480), (10.0, 1.0, 0.0, 2.0)), until=480)
    assert usual.shares == pytest.approx([0.1, FLOORS[1], 0.2], abs=0.005), "no share falls below its floor"
    assert 0 < weights(usual.shares)[3] < weights(FLOORS)[3] / 2
    assert weights([0.5, 0.3, 0.4])[0] > -1, "a reader that errs always can say little, but it stops nothing"


def test_doubtful_readings_take_more_people_than_sure_ones() -> None:
    flow, at = list(quiet(7)), 6 * DAY + 600
    sure, doubtful = (outages(flow, [post(at + n, chance) for n in range(40)])[0].people for chance in (0.97, 0.8))
    assert 3 <= sure < doubtful


def test_posts_about_other_things_delay_an_alarm() -> None:
    """Three sure reports raise it alone; among nine other posts in the same minutes they do not."""
    flow, at = list(quiet(7, a_day=40)), 6 * DAY + 600
    reports = [post(at + 3 * n, 0.97) for n in range(3)]
    assert len(outages(flow, reports)) == 1
    assert outages(flow, reports, [post(at + 0.3 + 0.6 * n, 0.05) for n in range(9)]) == []


def test_the_usual_share_is_that_of_the_quiet_hours() -> None:
    usual = Usual(1)
    usual.learn({hour: (10.0, 1.5) if hour % 24 else (100.0, 90.0) for hour in range(480)}, until=480)
    assert usual.shares[0] == pytest.approx(0.15, abs=0.01)
    assert usual.per_minute(5 * 60) == pytest.approx(10 / 60, rel=0.1)
    assert usual.per_minute(0) == pytest.approx(10 / 60, rel=0.1), "hours that are loud every day are no quiet ones"
    usual.learn({}, until=10_000)
    assert usual.learned_to is None, "what is older than four weeks is forgotten"


def test_the_summary_names_people_and_time() -> None:
    said = summary(outages(list(quiet(7)), burst(6 * DAY + 600, 40, speaking=0.9, minutes=20))[0])
    assert "People say the service fails, since about 2026-11-07T10:0" in said, (
        "the page says it in the zone of the brand"
    )
    assert "people wrote of a failure" in said


# --- live ---


def _fill(database: Database, clock: Clock, *, posts: int, speaking: bool) -> list[int]:
    now, score = clock.now, 0.97 if speaking else 0.02
    return [
        database.mention(
            f"word{chr(97 + n)} says it is down", author=f"p{n}", status="read",
            created_at=now - timedelta(minutes=n / 2), reading={"outage_score": score, "angry_score": 0.2},
        )
        for n in range(posts)
    ]  # fmt: skip


def _suspect(store: Store, clock: Clock, usual: Usual | None = None, **terms: float) -> int | None:
    detection = Detection(**terms)  # type: ignore[arg-type]
    return suspect(store, usual or Usual(len(SERIES)), brand=BRAND, detection=detection, clock=clock)


def test_an_outage_in_the_rows_opens_one_suspected_incident(any_store: Store) -> None:
    clock = Clock()
    mentions = _fill(Database(any_store, clock), clock, posts=14, speaking=True)
    usual = Usual(len(SERIES))
    number = _suspect(any_store, clock, usual)
    assert number is not None
    clock.forward(minutes=1)
    assert _suspect(any_store, clock, usual) is None, "known"
    assert _suspect(any_store, clock) is None, "known after a restart too"
    with any_store.read() as db:
        row = db.get_one(IncidentRow, number)
        line = incidents.timeline_of(db, number)[0]
        entry = audit.newest(db)[0]
    assert row.status == IncidentStatus.SUSPECTED.value
    assert clock.now - timedelta(minutes=9) <= row.started_at < clock.now
    assert set(line.detail["mention_ids"]) <= set(mentions)
    assert len(line.detail["mention_ids"]) >= 3
    assert entry.action == "incident.suspected"
    assert entry.detail["mention_ids"] == line.detail["mention_ids"]


def test_talk_of_other_things_opens_nothing(store: Store) -> None:
    clock = Clock()
    _fill(Database(store, clock), clock, posts=26, speaking=False)
    assert _suspect(store, clock) is None


def test_an_open_incident_is_enough(store: Store) -> None:
    clock = Clock()
    database = Database(store, clock)
    database.incident(status="identified")
    _fill(database, clock, posts=14, speaking=True)
    assert _suspect(store, clock) is None


def test_a_dismissed_alarm_stays_dismissed_and_makes_the_detector_wary(store: Store) -> None:
    clock = Clock()
    database = Database(store, clock)
    _fill(database, clock, posts=14, speaking=True)
    number = _suspect(store, clock)
    with store.begin() as db:
        row = db.get_one(IncidentRow, number)
        row.status, row.closed_at, row.dismissed_for = "dismissed", clock.now, "not_an_outage"
    clock.forward(minutes=2)
    assert _suspect(store, clock) is None
    for _ in range(40):
        database.incident(status="dismissed", dismissed_for="not_an_outage", closed_at=clock.now - timedelta(hours=20),
                          opened_at=clock.now - timedelta(hours=21))  # fmt: skip
    clock.forward(hours=6)
    _fill(database, clock, posts=5, speaking=True)
    assert _suspect(store, clock) is None
    clock.forward(days=31)
    _fill(database, clock, posts=5, speaking=True)
    assert _suspect(store, clock) is not None, "after a month it is forgotten"


def test_two_schedulers_that_hear_the_same_outage_open_it_once(
    any_store: Store, request: pytest.FixtureRequest
) -> None:
    """One is about to commit its alarm; the other looks at the same moment, waits, and finds it known."""
    clock = Clock()
    database = Database(any_store, clock)
    _fill(database, clock, posts=14, speaking=True)
    other = open_store(any_store.engine.url.render_as_string(hide_password=False))
    request.addfinalizer(other.close)
    found: list[int | None] = []
    second = threading.Thread(target=lambda: found.append(_suspect(other, clock)))
    with any_store.begin() as db:
        incidents.suspect_alone(db, BRAND)
        db.add(
            IncidentRow(
                brand=BRAND, status="suspected", title="Suspected outage", components=[], regions=[], links=[],
                started_at=clock.now, sheet_version=1, opened_by="detector", opened_at=clock.now,
            )
        )  # fmt: skip
        db.flush()
        second.start()
        second.join(1)
        assert second.is_alive(), "it did not wait for the first"
    second.join(20)
    assert found == [None]
    with any_store.read() as db:
        assert len(incidents.suspected_of(db, BRAND)) == 1
