"""An outage day of a fictional brand, played in compressed time: a platform that needs no account and no network."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from importlib.resources import files

from core.clock import Clock
from core.domain import Eligibility, IncidentStatus, Mention, PartState, Platform
from core.errors import ConfigError
from listener.sources import Page

DAY_START = timedelta(hours=6, minutes=30)
DAY_LENGTH = timedelta(hours=12, minutes=30)
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One edit of the incident lead's fact sheet on that day, with its moments on the wall clock.

    ``number`` counts from 0 over all days played. ``changes`` holds what this step sets; ``facts`` the whole
    sheet after it. Keys are fact names ("cause") and their translations ("cause.fr"); "" withdraws a fact.
    ``states``: how far single components and regions are restored; those that are not named stay as they are.
    """

    number: int
    at: datetime
    status: IncidentStatus
    title: str
    started_at: datetime
    next_update_at: datetime | None
    components: tuple[str, ...]
    regions: tuple[str, ...]
    links: tuple[str, ...]
    changes: Mapping[str, str]
    facts: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, PartState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Position:
    """Where the play stands: ``day`` counts the days played, ``post`` the posts of it already handed over."""

    started: datetime
    day: int = 0
    post: int = 0

    def cursor(self) -> dict[str, object]:
        return {"started": self.started.isoformat(), "day": self.day, "post": self.post}


class DemoSource:
    """Plays the shipped day from the first poll on: ``minutes`` of watching for its 12.5 hours.

    A post's ``created_at`` is the moment it appears on the wall clock, so waiting times are the watcher's own.
    Like a real platform the day goes on while nobody listens; after a restart the next poll brings what was
    missed. With ``loop`` the day starts again when it is over, under new ids.
    """

    def __init__(self, name: str, *, minutes: float = 2.8, loop: bool = False, clock: Clock) -> None:
        if not 0 < minutes <= DAY_LENGTH / timedelta(minutes=1):
            raise ConfigError(f"sources.{name}.minutes: {minutes} is not above 0 and at most 750")
        self.name = name
        self._length = timedelta(minutes=minutes)
        self._loop = loop
        self._clock = clock

    def fetch(self, cursor: dict[str, object] | None) -> Iterator[Page]:
        """Yields what has appeared since ``cursor``; the first page of all holds the quiet week before.

        When nothing did, one empty page says that the source was asked and is well. Raises ConfigError when the
        cursor is not one of this source's.
        """
        now = self._clock()
        place = self._read(cursor) if cursor else _Position(now)
        if not cursor:
            yield Page(tuple(self.history(now)), place.cursor())
        yield from self._pages(place, now)

    def check(self) -> str:
        """Reads the shipped day and says how long it plays."""
        again = ", then again" if self._loop else ""
        return f"demo day: {len(self._posts)} posts within {self._length / timedelta(minutes=1):g} min{again}"

    def history(self, now: datetime) -> Iterator[Mention]:
        """The posts of seven quiet days, oldest first, all created within the seven days before ``now``."""
        posts = sorted(_lines("history.jsonl"), key=lambda post: (-int(str(post["days_ago"])), str(post["at"])))
        for post in posts:
            created = now - timedelta(days=int(str(post["days_ago"]))) + _time(post["at"])
            yield _mention(post, created, day=0)

    def facts_due(self, cursor: dict[str, object] | None, now: datetime, *, after: int = -1) -> list[Step]:
        """The fact-sheet steps whose moment has come by ``now``, in order, leaving out those up to number ``after``.

        ``cursor`` is the one of ``fetch``; before the first poll (None) nothing is due.
        """
        if not cursor:
            return []
        started = self._read(cursor).started
        per_day = len(self._sheet)
        due: list[Step] = []
        for number in range(after + 1, self._days_begun(started, now) * per_day):
            day, index = divmod(number, per_day)
            step = self._step(started, day, index)
            if step.at > now:
                break
            due.append(step)
        return due

    @cached_property
    def _posts(self) -> list[dict[str, object]]:
        return sorted(_lines("day.jsonl"), key=lambda post: str(post["at"]))

    @cached_property
    def _sheet(self) -> list[dict[str, object]]:
        """The steps with everything they inherit from the ones before filled in."""
        state: dict[str, object] = {}
        facts: dict[str, object] = {}
        filled: list[dict[str, object]] = []
        for line in _lines("facts.jsonl"):
            state |= line
            changes = line["set"]
            facts |= changes if isinstance(changes, dict) else {}
            filled.append(state | {"facts": dict(facts)})
        return filled

    def _pages(self, place: _Position, now: datetime) -> Iterator[Page]:
        mentions: list[Mention] = []
        while (created := self._appears(place)) and created <= now:
            mentions.append(_mention(self._posts[place.post], created, day=place.day))
            place = self._next(place)
            if len(mentions) == PAGE_SIZE:
                yield Page(tuple(mentions), place.cursor())
                mentions = []
        yield Page(tuple(mentions), place.cursor())

    def _appears(self, place: _Position) -> datetime | None:
        if place.post >= len(self._posts) or (place.day and not self._loop):
            return None
        return self._moment(place.started, place.day, self._posts[place.post]["at"])

    def _next(self, place: _Position) -> _Position:
        if self._loop and place.post + 1 == len(self._posts):
            return _Position(place.started, place.day + 1, 0)
        return _Position(place.started, place.day, place.post + 1)

    def _moment(self, started: datetime, day: int, at: object) -> datetime:
        """The story's time of day on the wall clock."""
        return started + self._length * (day + (_time(at) - DAY_START) / DAY_LENGTH)

    def _days_begun(self, started: datetime, now: datetime) -> int:
        if now < started:
            return 0
        return (now - started) // self._length + 1 if self._loop else 1

    def _step(self, started: datetime, day: int, index: int) -> Step:
        line = self._sheet[index]
        update = line["next_update_at"]
        return Step(
            number=day * len(self._sheet) + index,
            at=self._moment(started, day, line["at"]),
            status=IncidentStatus(str(line["status"])),
            title=str(line["title"]),
            started_at=self._moment(started, day, line["started_at"]),
            next_update_at=self._moment(started, day, update) if update else None,
            components=_strings(line.get("components")),
            regions=_strings(line.get("regions")),
            links=_strings(line.get("links")),
            changes=_texts(line["set"]),
            facts=_texts(line["facts"]),
            states={part: PartState(state) for part, state in _texts(line.get("states")).items()},
        )

    def _read(self, cursor: dict[str, object]) -> _Position:
        try:
            started = datetime.fromisoformat(str(cursor["started"])).astimezone(UTC)
            place = _Position(started, int(str(cursor["day"])), int(str(cursor["post"])))
        except (KeyError, ValueError):
            place = None
        if place is None or place.day < 0 or place.post < 0:
            raise ConfigError(
                f"sources.{self.name}: the kept cursor {cursor!r} is not one of the demo; "
                "delete it to start the day again"
            )
        return place


def _lines(name: str) -> list[dict[str, object]]:
    text = (files("listener") / "demo" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def _time(at: object) -> timedelta:
    hours, minutes, seconds = str(at).split(":")
    return timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))


def _strings(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _texts(value: object) -> dict[str, str]:
    return {str(key): str(text) for key, text in value.items()} if isinstance(value, dict) else {}


def _mention(post: Mapping[str, object], created: datetime, *, day: int) -> Mention:
    """A line of the shipped day as a mention; from the second day on every id of it gets the day's number."""

    def text(key: str) -> str:
        return str(post.get(key) or "")

    def linked(key: str) -> str | None:
        return f"{post[key]}-{day + 1}" if day and post.get(key) else text(key) or None

    identity = linked("id") or ""
    return Mention(
        platform=Platform(text("platform")),
        external_id=identity,
        author=text("author"),
        author_id=f"{text('platform')}:{text('author')}",
        author_name=text("author_name"),
        followers=int(text("followers")) if text("followers") else None,
        text=text("text"),
        created_at=created,
        url=f"https://{text('platform')}.example/{text('author')}/{identity.rpartition('/')[2]}",
        in_reply_to=linked("in_reply_to"),
        conversation_id=linked("conversation_id"),
        quoted_id=linked("quoted_id"),
        share_of=linked("share_of"),
        language=text("language") or None,
        community=text("community"),
        eligible=Eligibility(text("eligible")),
        own=bool(post.get("own")),
    )
