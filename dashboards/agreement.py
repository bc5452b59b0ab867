"""How often people agree with the readings: of those they decided on, the share they did not correct. Pure; no I/O."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from core.store.corrections import Judged
from dashboards.languages import _, later, pgettext
from dashboards.series import FEW, percent, sure
from dashboards.spoken import dated

WEEKS = 8
WORDS = {
    "about": later("what it speaks of"),
    "impact": later("at stake"),
    "intents": later("wants", "label"),
    "relevant": later("about us"),
    "spam": later("an ad"),
    "angry": later("angry", "label"),
    "emotion": later("emotion"),
    "language": later("language"),
    "outage": later("outage"),
    "sentiment": later("sentiment"),
}


@dataclass(frozen=True, slots=True)
class Week:
    """One week from its Monday on. ``corrected``: label and how many readings had it changed, most first."""

    start: datetime
    decided: int
    agreed: int
    corrected: tuple[tuple[str, int], ...]

    def day(self) -> str:
        """``20 Nov``."""
        return dated(self.start, f"{self.start.day} %b")

    def share(self) -> str:
        """``94 %``, or "–" when there are too few to say."""
        return percent(self.agreed, self.decided) if self.decided >= FEW else "–"

    def sure(self) -> str:
        """How sure the share is, or why there is none."""
        if self.decided < FEW:
            return _("too few for a share") if self.decided else _("nobody decided")
        return sure(self.agreed, self.decided)

    def mistakes(self) -> str:
        """What was changed, in words; "" for nothing."""
        return ", ".join(f"{pgettext('label', WORDS.get(name, name))} {count}" for name, count in self.corrected)


def weeks(now: datetime, zone: tzinfo) -> list[datetime]:
    """The Mondays that the last weeks begin with, oldest first; the last week is still running."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    back = [monday - timedelta(weeks=number) for number in reversed(range(WEEKS))]
    return [datetime.combine(day, time.min, tzinfo=zone) for day in back]


def by_week(judged: Iterable[Judged], starts: Sequence[datetime]) -> list[Week]:
    """The weeks, newest first, without those before the first decision."""
    found: list[list[Judged]] = [[] for _ in starts]
    for each in judged:
        place = sum(start <= each.at for start in starts) - 1
        if place >= 0:
            found[place].append(each)
    made = [_week(start, each) for start, each in zip(starts, found, strict=True)]
    first = next((place for place, week in enumerate(made) if week.decided), len(made))
    return made[first:][::-1]


def _week(start: datetime, judged: Sequence[Judged]) -> Week:
    labels = Counter(name for each in judged for name in each.changed)
    agreed = sum(not each.changed for each in judged)
    return Week(start, len(judged), agreed, tuple(labels.most_common()))
