"""Agreement by week: Mondays of the brand's zone, and no share of a few."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.store.corrections import Judged
from dashboards.agreement import WEEKS, by_week, weeks

TORONTO = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)  # a Friday


def test_weeks_begin_on_local_mondays_across_a_change_of_the_clocks() -> None:
    found = weeks(NOW, TORONTO)
    assert len(found) == WEEKS
    assert {(day.weekday(), day.hour) for day in found} == {(0, 0)}
    assert found[-1].date().isoformat() == "2026-11-16"
    assert len({day.utcoffset() for day in found}) == 2


def test_decisions_fall_into_their_weeks() -> None:
    starts = weeks(NOW, TORONTO)
    monday = starts[-1]
    judged = [
        Judged(1, monday, ()),
        Judged(2, monday - timedelta(seconds=1), ("outage",)),
        Judged(3, NOW, ("outage", "angry")),
        Judged(4, starts[0] - timedelta(days=1), ()),
    ]
    found = by_week(judged, starts)
    assert [(week.decided, week.agreed, week.corrected) for week in found] == [
        (2, 1, (("outage", 1), ("angry", 1))),
        (1, 0, (("outage", 1),)),
    ]
    assert found[0].share() == "–"
    assert found[0].sure() == "too few for a share"
    assert found[0].mistakes() == "outage 1, angry 1"


def test_no_decisions_no_weeks() -> None:
    assert by_week([], weeks(NOW, TORONTO)) == []


def test_a_share_comes_with_its_interval() -> None:
    starts = weeks(NOW, TORONTO)
    (week,) = by_week([Judged(number, NOW, () if number % 20 else ("angry",)) for number in range(200)], starts)
    assert week.share() == "95 %"
    assert week.sure() == "between 91 and 97 % (95 % interval)"
