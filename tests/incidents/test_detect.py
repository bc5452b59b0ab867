"""The detector sees a rise, once, without looking ahead, at any interval."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from incidents.detect import Scored, Sensitivity, detect

START = datetime(2026, 11, 1, tzinfo=UTC)


def series(values: Sequence[float], minutes: int = 5) -> list[tuple[datetime, float]]:
    return [(START + timedelta(minutes=minutes * i), value) for i, value in enumerate(values)]


def calm(count: int, seed: int = 7) -> list[float]:
    chance = random.Random(seed)
    return [max(0.0, round(chance.gauss(40, 8))) for _ in range(count)]


def alerts(scored: list[Scored]) -> list[int]:
    return [i for i, row in enumerate(scored) if row.alert]


def test_a_flood_of_mentions_alerts_at_once_and_once() -> None:
    values = [*calm(1000), *[900.0] * 24, *calm(200, seed=8)]
    found = alerts(list(detect(series(values))))
    assert len(found) == 1
    assert 1000 <= found[0] <= 1002


def test_calm_is_left_alone() -> None:
    assert alerts(list(detect(series(calm(3000))))) == []


@pytest.mark.parametrize("minutes", [1, 5, 60])
def test_a_second_flood_alerts_after_the_cool_down_only(minutes: int) -> None:
    values = calm(1000)
    values[400] = values[402] = 900.0
    later = 402 + 24 * 60 // minutes
    if later < len(values):
        values[later] = 3000.0
    found = alerts(list(detect(series(values, minutes))))
    assert found[0] == 400
    assert 402 not in found
    if later < len(values):
        assert later in found


def test_a_row_uses_nothing_after_it() -> None:
    values = [*calm(600), 500.0, *calm(100)]
    whole = list(detect(series(values)))
    for cut in (100, 600, 601, 650):
        assert list(detect(series(values[:cut]))) == whole[:cut]


def test_scores_stay_in_range_whatever_comes() -> None:
    values = [*calm(100), 1e12, -5.0, float("nan"), float("inf"), 0.0, *calm(50)]
    scored = list(detect(series(values)))
    assert len(scored) == len(values)
    assert all(0 <= row.score <= 1 for row in scored)
    assert scored[102].score == 0


def test_one_spike_does_not_blind_it() -> None:
    values = calm(900)
    values[500] = 1e6
    values[820] = 900.0
    assert 820 in alerts(list(detect(series(values))))


def test_sensitivity_is_the_users_choice() -> None:
    values = calm(800)
    quiet, loud = max(values), max(values) * 3
    values[600], values[700] = quiet * 1.4, loud * 3
    found = {
        at: alerts(list(detect(series(values), Sensitivity(alert_at=at, cool_down=timedelta(0)))))
        for at in (0.1, 0.2, 0.9)
    }
    assert 700 in found[0.2]
    assert set(found[0.9]) < set(found[0.2]) < set(found[0.1])
