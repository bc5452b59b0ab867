"""Buckets, comparisons and words of the trends, without a database."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import series
from dashboards.series import SPANS, Counts

TORONTO = ZoneInfo("America/Toronto")
DAY_BEFORE = series.compared_with(SPANS["24h"], datetime(2026, 11, 20, tzinfo=UTC))
NOW = datetime(2026, 11, 20, 14, 20, tzinfo=UTC)


@dataclass
class Row:
    hour: datetime
    volume: int = 1
    negative: int = 0
    neutral: int = 0
    positive: int = 0
    outage: int = 0
    outage_anger: int = 0


def test_a_day_of_hours_ends_with_the_running_hour() -> None:
    begins = series.starts(SPANS["24h"], NOW, TORONTO)
    assert len(begins) == 24
    assert begins[-1] == datetime(2026, 11, 20, 14, tzinfo=UTC)
    assert series.label(begins[-1], SPANS["24h"]) == "Fri 20 Nov, 09:00"
    assert begins[0] == begins[-1] - timedelta(hours=23)


def test_days_begin_at_local_midnight_across_a_change_of_the_clocks() -> None:
    begins = series.starts(SPANS["30d"], NOW, TORONTO)
    assert {start.hour for start in begins} == {0}
    lengths = {(b.astimezone(UTC) - a.astimezone(UTC)) // timedelta(hours=1) for a, b in itertools.pairwise(begins)}
    assert lengths == {24, 25}  # 1 November 2026 has 25 hours in Toronto


def test_an_evening_hour_counts_for_its_local_day() -> None:
    span = SPANS["30d"]
    begins = series.starts(span, NOW, TORONTO)
    filled = series.fill([Row(datetime(2026, 11, 20, 4, tzinfo=UTC))], begins, span, TORONTO)  # 23:00 of the 19th
    assert [counts.volume for counts in filled][-2:] == [1, 0]


@pytest.mark.parametrize(
    ("now", "zone", "first", "count"),
    [
        ("2026-11-20T14:20", "America/Toronto", "2026-11-20T00:00", 10),
        ("2026-11-20T05:00", "America/Toronto", "2026-11-20T00:00", 1),
        ("2026-11-21T04:59", "America/Toronto", "2026-11-20T00:00", 24),
        ("2026-11-02T04:30", "America/Toronto", "2026-11-01T00:00", 25),  # the clocks went back that night
        ("2026-03-09T03:30", "America/Toronto", "2026-03-08T00:00", 23),
        ("2026-11-20T18:40", "Asia/Kolkata", "2026-11-20T23:30", 1),  # midnight lies within an hour that is counted
    ],
)
def test_today_is_the_hours_since_local_midnight(now: str, zone: str, first: str, count: int) -> None:
    begins = series.starts(SPANS["today"], datetime.fromisoformat(now).replace(tzinfo=UTC), ZoneInfo(zone))
    assert len(begins) == count
    assert begins[0].replace(tzinfo=None) == datetime.fromisoformat(first)
    assert {(b - a).total_seconds() for a, b in itertools.pairwise(start.astimezone(UTC) for start in begins)} <= {3600}


def test_today_is_compared_with_yesterday_up_to_the_same_time_of_day() -> None:
    start, end = series.before(SPANS["today"], NOW, TORONTO)
    assert (start.isoformat(), end.isoformat()) == ("2026-11-19T00:00:00-05:00", "2026-11-19T10:00:00-05:00")
    figure = series.figures(Counts(volume=9), Counts(volume=4), series.compared_with(SPANS["today"], end))[0]
    assert figure.change == "5 more than yesterday until 10:00 (4)"


def test_in_the_last_hour_of_the_day_the_whole_of_yesterday_is_compared() -> None:
    late = datetime(2026, 11, 21, 4, 20, tzinfo=UTC)  # 23:20 in Toronto
    end = series.before(SPANS["today"], late, TORONTO)[1]
    figure = series.figures(Counts(volume=9), Counts(), series.compared_with(SPANS["today"], end))[0]
    assert figure.change == "none yesterday"


@given(st.lists(st.tuples(st.integers(0, 29 * 24), st.integers(1, 50)), max_size=40), st.sampled_from(sorted(SPANS)))
def test_no_mention_of_the_span_is_lost_and_none_from_outside_gets_in(hours: list[tuple[int, int]], key: str) -> None:
    span = SPANS[key]
    begins = series.starts(span, NOW, TORONTO)
    rows = [Row(NOW.replace(minute=0) - timedelta(hours=back), volume) for back, volume in hours]
    inside = sum(row.volume for row in rows if row.hour >= begins[0])
    assert series.total(series.fill(rows, begins, span, TORONTO)).volume == inside


@pytest.mark.parametrize("key", sorted(SPANS.keys() - {"today"}))
def test_the_time_before_is_as_long_and_touches(key: str) -> None:
    span = SPANS[key]
    first = series.starts(span, NOW, TORONTO)[0]
    start, end = series.before(span, NOW, TORONTO)
    assert start < end <= series.end_of(NOW)
    wall = first.astimezone(TORONTO).replace(tzinfo=None) - start.astimezone(TORONTO).replace(tzinfo=None)
    assert wall in (timedelta(hours=span.count), timedelta(days=span.count), timedelta(days=7, hours=1))
    if span.bucket == "hour":
        assert end == first


def test_a_small_sample_gives_no_share_and_says_so() -> None:
    figure = series.figures(Counts(volume=12, negative=9), Counts(volume=400, negative=100), DAY_BEFORE)[1]
    assert (figure.value, figure.note) == ("–", "12 mentions: too few for a share")


def test_a_share_comes_with_its_uncertainty_and_its_change_in_points() -> None:
    figure = series.figures(Counts(volume=100, negative=46), Counts(volume=200, negative=60), DAY_BEFORE)[1]
    assert figure.value == "46 %"
    assert figure.note == "between 37 and 56 % (95 % interval)"
    assert figure.change == "16 points more than in the 24 hours before"


@pytest.mark.parametrize(
    ("now", "then", "words"),
    [
        (0, 0, "as in the 24 hours before"),
        (4, 0, "none in the 24 hours before"),
        (9, 4, "5 more than in the 24 hours before (4)"),
        (50, 50, "as many as in the 24 hours before"),
        (40, 50, "20 % fewer than in the 24 hours before (50)"),
        (150, 50, "3.0 times as many as in the 24 hours before (50)"),
        (5000, 50, "100 times as many as in the 24 hours before (50)"),
    ],
)
def test_a_count_is_compared_in_words_that_fit_its_size(now: int, then: int, words: str) -> None:
    assert series.figures(Counts(volume=now), Counts(volume=then), DAY_BEFORE)[0].change == words


def test_without_a_full_time_before_nothing_is_compared() -> None:
    figures = series.figures(Counts(volume=100, negative=46, outage=40, outage_anger=31), None, DAY_BEFORE)
    assert [figure.change for figure in figures] == ["", "", "", ""]


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(1, 400, "<1 %"), (399, 400, ">99 %"), (0, 9, "0 %"), (9, 9, "100 %"), (1, 2, "50 %")]
)
def test_rounding_never_claims_none_or_all(part: int, whole: int, text: str) -> None:
    assert series.percent(part, whole) == text


@given(st.integers(1, 10_000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_the_interval_holds_the_share(pair: tuple[int, int]) -> None:
    low, high = series.wilson(*pair)
    assert 0 <= low <= pair[0] / pair[1] + 1e-12
    assert pair[0] / pair[1] - 1e-12 <= high <= 1
