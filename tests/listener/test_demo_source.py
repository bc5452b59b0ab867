"""The demo day: what it holds, and that playing it loses and doubles nothing."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain import Eligibility, Impact, IncidentStatus, Mention, Platform, Stage
from core.errors import ConfigError
from listener.eligibility import from_text
from listener.sources.demo import PAGE_SIZE, DemoSource, Step

START = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
DEMO = Path(__file__).parents[2] / "listener" / "demo"
HANDLES = ("@northwind", "@northwind.example", "u/northwind", "@northwind@mastodon.example")
MINUTE = timedelta(minutes=1)


class FakeClock:
    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time


def lines(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (DEMO / name).read_text(encoding="utf-8").split("\n") if line]


def customers() -> list[dict[str, object]]:
    return [post for post in lines("day.jsonl") if not post.get("own") and not post.get("share_of")]


def stored(cursor: dict[str, object]) -> dict[str, object]:
    """A cursor as it comes back from a JSON column."""
    value: dict[str, object] = json.loads(json.dumps(cursor))
    return value


def play(clock: FakeClock, seconds: list[float], **options: object) -> list[Mention]:
    """Polls after each wait with a new source each time, so that only the cursor carries over."""
    cursor: dict[str, object] | None = None
    kept: list[Mention] = []
    for wait in [0.0, *seconds]:
        clock.time += timedelta(seconds=wait)
        for page in DemoSource("demo", clock=clock, **options).fetch(cursor):  # type: ignore[arg-type]
            kept += page.mentions
            cursor = stored(page.cursor)
    return kept


# --- what the day holds


def test_the_day_is_long_and_no_post_repeats_another() -> None:
    texts = [post["text"] for post in customers()]
    assert len(texts) >= 340
    assert len(set(texts)) == len(texts)
    every = lines("day.jsonl") + lines("history.jsonl")
    assert len({(post["platform"], post["id"]) for post in every}) == len(every)


def test_three_languages_and_all_platforms_are_heard() -> None:
    posts = customers()
    share = {code: count / len(posts) for code, count in Counter(post["language"] for post in posts).items()}
    assert 0.65 <= share["en"] <= 0.77
    assert 0.15 <= share["fr"] <= 0.25
    assert 0.07 <= share["es"] <= 0.15
    assert set(Counter(post["platform"] for post in posts)) == {"x", "reddit", "bluesky", "mastodon"}


def test_every_stage_and_persona_comes_several_times() -> None:
    stages = Counter(post.get("stage") for post in customers())
    personas = Counter(post.get("persona") for post in customers())
    assert min(stages[stage.value] for stage in Stage) >= 15
    assert min(personas[impact.value] for impact in Impact if impact is not Impact.NONE) >= 10


def test_customers_come_back_with_another_mood() -> None:
    moods: dict[object, set[object]] = {}
    for post in customers():
        moods.setdefault(post["author"], set()).add(post.get("stage"))
    assert sum(len(stages) > 1 for stages in moods.values()) >= 25


def test_odd_posts_are_among_them() -> None:
    posts = lines("day.jsonl")
    assert any(post.get("own") for post in posts)
    assert sum(bool(post.get("share_of")) for post in posts) >= 3
    assert max(str(post["text"]).count("\n") for post in posts) >= 39
    assert min(len(str(post["text"])) for post in posts) <= 12
    assert min(int(str(post["followers"])) for post in customers()) <= 3
    assert max(int(str(post["followers"])) for post in customers()) >= 390_000
    assert any("ignore previous instructions" in str(post["text"]).lower() for post in posts)


def test_the_day_runs_like_an_outage() -> None:
    per_hour = Counter(str(post["at"])[:2] for post in customers())
    assert per_hour["08"] > 5 * per_hour["07"]
    assert per_hour["08"] > per_hour["09"] > per_hour["12"] > per_hour["18"] > 0


def test_eligibility_says_what_the_text_does() -> None:
    ours = {post["id"] for post in lines("day.jsonl") if post.get("own")}
    for post in customers() + lines("history.jsonl"):
        tagged = from_text(str(post["text"]), Platform(str(post["platform"])), HANDLES) is Eligibility.TAGGED
        # X mentions us by itself in an answer to our post; its text need not.
        answers = post["platform"] == "x" and post.get("in_reply_to") in ours
        assert (tagged or answers) == (post["eligible"] == "tagged"), post


def test_replies_and_shares_point_at_earlier_posts_of_their_platform() -> None:
    posts = lines("day.jsonl")
    known = {(post["platform"], post["id"]): post["at"] for post in posts}
    for post in posts:
        for key in ("in_reply_to", "quoted_id", "share_of"):
            if post.get(key):
                assert str(known[post["platform"], post[key]]) < str(post["at"]), post


def test_posts_on_x_have_at_most_280_characters() -> None:
    assert (
        max(len(str(post["text"])) for post in lines("day.jsonl") if post["platform"] == "x" and not post.get("own"))
        <= 280
    )


# --- playing it


def test_the_first_page_is_the_quiet_week_before() -> None:
    clock = FakeClock()
    first, *rest = DemoSource("demo", clock=clock).fetch(None)
    times = [mention.created_at for mention in first.mentions]
    assert len(times) >= 50
    assert times == sorted(times)
    assert START - timedelta(days=7) <= times[0]
    assert times[-1] < START
    assert [page.mentions for page in rest] == [()]


def test_nobody_of_the_quiet_week_waits_for_an_answer() -> None:
    assert {post["eligible"] for post in lines("history.jsonl")} == {"none"}


def test_the_whole_day_appears_in_order_at_its_moments() -> None:
    clock = FakeClock()
    history = len(lines("history.jsonl"))
    kept = play(clock, [1.0] * 170)[history:]
    assert len(kept) == len(lines("day.jsonl"))
    times = [mention.created_at for mention in kept]
    assert times == sorted(times)
    assert times[0] > START
    assert times[-1] <= START + 2.8 * MINUTE
    assert play(clock, [0.0])[history:] == []


def test_nothing_appears_before_its_time() -> None:
    clock = FakeClock()
    source = DemoSource("demo", clock=clock)
    cursor = next(source.fetch(None)).cursor
    for _ in range(60):
        clock.time += timedelta(seconds=3)
        for page in source.fetch(cursor):
            assert all(mention.created_at <= clock.time for mention in page.mentions)
            assert len(page.mentions) <= PAGE_SIZE
            cursor = page.cursor


def test_the_end_is_silent_and_a_clock_set_back_too() -> None:
    clock = FakeClock()
    source = DemoSource("demo", clock=clock)
    cursor = next(source.fetch(None)).cursor
    clock.time += timedelta(hours=1)
    *_, last = source.fetch(cursor)
    clock.time += timedelta(days=3)
    # An empty page: that it was asked is noted, and nobody takes it for a source that has stopped.
    assert [(page.mentions, page.cursor) for page in source.fetch(last.cursor)] == [((), last.cursor)]
    clock.time = START - timedelta(hours=5)
    assert [page.mentions for page in source.fetch(cursor)] == [()]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 60), st.integers(0, 4)), max_size=25))
def test_killed_between_pages_no_post_is_lost_or_doubled(steps: list[tuple[float, int]]) -> None:
    clock = FakeClock()
    kept = list(play(clock, []))
    cursor = next(DemoSource("demo", clock=clock).fetch(None)).cursor
    for wait, pages_before_the_kill in [*steps, (200.0, 10**6)]:
        clock.time += timedelta(seconds=wait)
        pages = DemoSource("demo", clock=clock).fetch(stored(cursor))
        for page, _ in zip(pages, range(pages_before_the_kill), strict=False):
            kept += page.mentions
            cursor = page.cursor
    ids = [(mention.platform.value, mention.external_id) for mention in kept]
    expected = {(post["platform"], post["id"]) for post in lines("day.jsonl") + lines("history.jsonl")}
    assert len(ids) == len(set(ids))
    assert set(ids) == expected


def test_a_restart_does_not_change_what_a_post_is() -> None:
    steady = play(FakeClock(), [200.0])
    broken = play(FakeClock(), [7.0, 31.0, 0.0, 2.5, 159.5])
    assert steady == broken


def test_loop_plays_the_next_day_under_new_ids() -> None:
    kept = play(FakeClock(), [2.8 * 60 * 2], loop=True)
    posts = [mention for mention in kept if mention.created_at > START]
    one_day = len(lines("day.jsonl"))
    assert len(posts) == 2 * one_day
    assert len({(mention.platform, mention.external_id) for mention in posts}) == 2 * one_day
    second = {mention.external_id for mention in posts[one_day:]}
    assert all(mention.in_reply_to in second for mention in posts[one_day:] if mention.in_reply_to)
    assert posts[one_day].created_at - posts[0].created_at == 2.8 * MINUTE


def test_minutes_set_the_pace() -> None:
    slow = play(FakeClock(), [3600.0], minutes=60.0)
    assert slow[-1].created_at - START > 59 * MINUTE


@pytest.mark.parametrize("minutes", [0, -1, 751, float("nan")])
def test_an_impossible_pace_is_refused(minutes: float) -> None:
    with pytest.raises(ConfigError, match=r"sources\.demo\.minutes"):
        DemoSource("demo", minutes=minutes, clock=FakeClock())


@pytest.mark.parametrize(
    "cursor",
    [{"since_id": "5"}, {"started": "soon", "day": 0, "post": 0}, {"started": str(START), "day": 0, "post": -3}],
)
def test_a_foreign_cursor_is_named(cursor: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="delete it to start the day again"):
        list(DemoSource("demo", clock=FakeClock()).fetch(cursor))


def test_check_reads_the_day() -> None:
    assert DemoSource("demo", clock=FakeClock()).check().startswith(f"demo day: {len(lines('day.jsonl'))} posts")


# --- the fact sheet of the day


def all_steps() -> list[Step]:
    clock = FakeClock()
    source = DemoSource("demo", clock=clock)
    return source.facts_due(next(source.fetch(None)).cursor, START + timedelta(hours=1))


def test_facts_come_due_one_after_the_other_on_the_wall_clock() -> None:
    clock = FakeClock()
    source = DemoSource("demo", clock=clock)
    cursor = next(source.fetch(None)).cursor
    assert source.facts_due(None, START) == []
    assert source.facts_due(cursor, START) == []
    seen: list[Step] = []
    for second in range(170):
        now = START + timedelta(seconds=second)
        fresh = source.facts_due(stored(cursor), now, after=seen[-1].number if seen else -1)
        assert all(now - timedelta(seconds=1) < step.at <= now for step in fresh)
        seen += fresh
    assert seen == all_steps()


def test_the_story_of_the_sheet() -> None:
    steps = all_steps()
    statuses = [step.status for step in steps]
    assert statuses == sorted(statuses, key=list(IncidentStatus).index)
    assert (statuses[0], statuses[-1]) == (IncidentStatus.INVESTIGATING, IncidentStatus.RESOLVED)
    assert "cause" not in steps[0].facts
    for step, later in pairwise(steps):
        assert step.next_update_at is not None
        assert step.at < later.at <= step.next_update_at  # every promised update is kept
    assert steps[-1].next_update_at is None
    assert {"scope", "cause", "next_step", "compensation", "prevention"} <= set(steps[-1].facts)
    assert all(step.started_at < steps[0].at and step.title and step.components and step.regions for step in steps)


def test_every_fact_is_told_in_three_languages() -> None:
    for step in all_steps():
        plain = {name for name in step.changes if "." not in name}
        assert set(step.changes) == plain | {f"{name}.{code}" for name in plain for code in ("fr", "es")}


def test_loop_tells_the_facts_again() -> None:
    clock = FakeClock()
    source = DemoSource("demo", loop=True, clock=clock)
    cursor = next(source.fetch(None)).cursor
    one = len(all_steps())
    steps = source.facts_due(cursor, START + 3 * 2.8 * MINUTE - timedelta(milliseconds=1))
    assert [step.number for step in steps] == list(range(3 * one))
    assert "cause" not in steps[one].facts
