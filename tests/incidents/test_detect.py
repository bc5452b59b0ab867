"""The detector sees what is rare for a series, once, without looking ahead, at any interval."""

import math
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from incidents.detect import Scored, Sensitivity, detect

START = datetime(2026, 11, 1, tzinfo=UTC)
HALF_DAY = 144  # rows of five minutes


def series(values: Sequence[float], minutes: int = 5, start: datetime = START) -> list[tuple[datetime, float]]:
    return [(start + timedelta(minutes=minutes * i), value) for i, value in enumerate(values)]


def calm(count: int, seed: int = 7) -> list[float]:
    chance = random.Random(seed)
    return [max(0.0, round(chance.gauss(40, 8))) for _ in range(count)]


def alerts(scored: list[Scored]) -> list[int]:
    return [i for i, row in enumerate(scored) if row.alert]


def found(values: Sequence[float], minutes: int = 5) -> list[int]:
    return alerts(list(detect(series(values, minutes))))


def test_a_flood_of_mentions_alerts_at_once_and_once() -> None:
    assert found([*calm(1000), *[900.0] * 24, *calm(200, seed=8)]) == [1000]


def test_calm_is_left_alone() -> None:
    assert found(calm(3000)) == []


@pytest.mark.parametrize("minutes", [1, 5, 30, 60])
def test_a_flood_is_seen_at_any_interval(minutes: int) -> None:
    values = calm(1000)
    values[700:706] = [900.0] * 6
    (told,) = found(values, minutes)
    assert 700 <= told <= 702


@pytest.mark.parametrize("times", [0.2, 10.0, 1000.0])
def test_a_flood_is_seen_at_any_size(times: float) -> None:
    values = [value * times for value in calm(1000)]
    values[700:703] = [900.0 * times] * 3
    assert found(values) == [700]


@pytest.mark.parametrize("minutes", [1, 5, 60])
def test_a_second_flood_alerts_after_the_cool_down_only(minutes: int) -> None:
    values = calm(1400)
    later = 414 + 12 * 60 // minutes
    for start, height in ((400, 900.0), (410, 900.0), (later, 5000.0)):
        values[start : start + 4] = [height] * 4
    first, second = found(values, minutes)
    assert 400 <= first <= 402
    assert later <= second <= later + 2


def test_a_row_uses_nothing_after_it() -> None:
    values = [*calm(600), 500.0, *calm(100), 0.0, 0.0, *calm(50), math.nan, *calm(50)]
    whole = list(detect(series(values)))
    for cut in (1, 100, 600, 601, 650, 703, 755):
        assert list(detect(series(values[:cut]))) == whole[:cut]


def test_scores_stay_in_range_whatever_comes() -> None:
    values = [*calm(100), 1e308, -5.0, math.nan, math.inf, -math.inf, 0.0, *calm(50)]
    scored = list(detect(series(values)))
    assert len(scored) == len(values)
    assert all(0 <= row.score <= 1 for row in scored)
    assert [row.score for row in scored[102:105]] == [0, 0, 0]


def test_what_is_no_number_teaches_nothing() -> None:
    values = calm(700)
    holes = [*values[:300], *[math.nan] * 40, *values[300:]]
    flood = [900.0] * 3
    assert alerts(list(detect(series([*holes, *flood])))) == [740]


@pytest.mark.parametrize("spike", [1e4, 1e6, 1e9])
def test_one_spike_does_not_blind_it(spike: float) -> None:
    values = calm(900)
    values[500] = spike
    values[820] = 900.0
    assert found(values) == [500, 820]


def test_what_comes_every_day_is_told_less_and_less() -> None:
    values = calm(288 * 30)
    for day in range(3, 30):
        values[288 * day] = 200.0
    scored = list(detect(series(values)))
    assert scored[288 * 3].alert
    assert all(scored[288 * day].score < 0.5 for day in range(15, 30))
    values[288 * 29 + HALF_DAY] = 3000.0
    assert 288 * 29 + HALF_DAY in found(values)


def test_a_new_level_is_told_once_and_becomes_usual() -> None:
    values = [*calm(2000), *[value * 8 for value in calm(6000, seed=9)]]
    told = found(values)
    assert told[0] == 2000
    assert all(row <= 2000 + 288 * 3 for row in told)


def test_a_fall_scores_and_does_not_alert() -> None:
    values = calm(1500)
    values[1000:1010] = [0.0] * 10
    scored = list(detect(series(values)))
    assert max(row.score for row in scored[1000:1010]) > 0.5
    assert alerts(scored) == []


def test_a_flood_after_a_silence_is_not_drowned_by_it() -> None:
    values = calm(1500)
    values[1000:1006] = [0.0] * 6
    values[1010:1014] = [700.0] * 4
    assert found(values) == [1010]


@pytest.mark.parametrize("value", [0.0, 3.0, 5000.0])
def test_a_constant_series_is_silent_until_it_moves(value: float) -> None:
    flat = [value] * 1200
    scored = list(detect(series([*flat, value * 5 + 30, *flat])))
    assert alerts(scored) == [1200]
    assert all(row.score < 0.1 for row in scored[:1200])


def test_a_gap_changes_neither_scores_nor_pace_by_much() -> None:
    values = calm(1200)
    values[1000:1003] = [900.0] * 3
    rows = series(values)
    late = [(at + timedelta(days=3), value) for at, value in rows[800:]]
    assert alerts(list(detect([*rows[:800], *late]))) == [1000]


def test_rows_that_come_twice_do_not_stop_it() -> None:
    values = calm(1200)
    values[1000:1003] = [900.0] * 3
    twice = [row for row in series(values) for _ in range(2)]
    told = alerts(list(detect(twice)))
    assert len(told) == 1
    assert 2000 <= told[0] <= 2001


@pytest.mark.parametrize("day", [datetime(2026, 3, 25, tzinfo=UTC), datetime(2026, 10, 21, tzinfo=UTC)])
def test_clocks_that_are_changed_do_not_stop_it(day: datetime) -> None:
    values = calm(1800)
    values[1500:1503] = [900.0] * 3
    berlin = ZoneInfo("Europe/Berlin")  # where the clocks change on the fifth day
    rows = [(at.astimezone(berlin), value) for at, value in series(values, start=day)]
    naive = [(at.replace(tzinfo=None), value) for at, value in rows]
    assert alerts(list(detect(rows))) == alerts(list(detect(naive))) == [1500]


def test_sensitivity_is_the_users_choice() -> None:
    values = calm(2000)
    values[1000], values[1500] = 100.0, 900.0
    told = {
        days: set(alerts(list(detect(series(values), Sensitivity(rare=timedelta(days=days))))))
        for days in (2, 10, 30000)
    }
    assert told[30000] < told[10] < told[2]
    assert told[10] == {1500}


def test_an_alert_is_a_score_of_at_least_its_bound() -> None:
    scored = list(detect(series([*calm(1000), *[900.0] * 24, *calm(200, seed=8)]), Sensitivity(alert_at=0.9)))
    assert all(row.score >= 0.9 for row in scored if row.alert)
    assert alerts(scored) == [1000]


@pytest.mark.parametrize(("minutes", "days"), [(60, 400), (1440, 1000)])
def test_a_year_without_anything_unusual_does_not_make_it_nervous(minutes: int, days: int) -> None:
    rows = days * 1440 // minutes
    scored = list(detect(series([3.0, 4.0] * (rows // 2), minutes)))
    assert alerts(scored) == []
    assert max(row.score for row in scored) < 0.5
