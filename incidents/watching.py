"""What deserves an alarm, as the rows stand now. Pure questions; nothing is written here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import iso
from core.domain import PromiseKind
from core.domain.alarm import Alarm, AlarmKind
from core.sections import Alerts
from core.store import Session, cursors, promises, rollups, users, watch
from core.store.cursors import CursorRow
from incidents.lifecycle import DOUBT

DAY = timedelta(days=1)
RISING = 2.0  # times the usual number of complaints
MISSED = 5  # passes without an answer until a source counts as stopped
# What our own clients say when a platform refuses the log-in (core/wire.py, listener/sources).
NO_LOG_IN = ("refused the log-in", "no log-in", "(401)")
PLATFORMS = {"x": "X", "reddit": "Reddit", "bluesky": "Bluesky", "mastodon": "Mastodon"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What the watch looks at. ``sources``: seconds between two passes, by name."""

    brand: str
    alerts: Alerts
    sources: Mapping[str, float]


def look(db: Session, watched: Watched, now: datetime) -> list[Alarm]:
    """Everything that is so now, the most urgent first."""
    found = [*_danger(db, watched, now), *_suspected(db, watched), *_overdue(db, watched, now)]
    found += [*_promises(db, watched, now), *_silent(db, watched, now), *_sources(db, watched, now), *_publishers(db)]
    found += _replies(db, now)
    order = list(AlarmKind)
    return sorted(found, key=lambda alarm: order.index(alarm.kind))


def plain(text: str, longest: int = 120) -> str:
    """Words of others made harmless for chat programs: one line, no mark-up, nobody called by @.

    Angle brackets are commands in Slack, ``@everyone`` calls a whole team, and ``[a](b)`` hides an address.
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    for mark, harmless in (("<", "‹"), (">", "›"), ("@", "＠"), ("](", "] (")):
        line = line.replace(mark, harmless)
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _danger(db: Session, watched: Watched, now: datetime) -> Iterator[Alarm]:
    """One alarm a customer, however often they write; a newer post is a new occasion."""
    newest = {post.case_id or -post.id: post for post in watch.in_danger(db, watched.brand, now - DAY)}
    for mention in newest.values():
        answer = "A reply waits for approval." if mention.draft else "No reply is drafted: open the post and act."
        yield Alarm(
            kind=AlarmKind.SAFETY,
            subject=f"case:{mention.case_id}" if mention.case_id else f"mention:{mention.id}",
            occasion=str(mention.id),
            title=f"A customer on {PLATFORMS.get(mention.platform, mention.platform)} may be in danger",
            body=f"Posted {iso(mention.created_at)}. {answer}",
            path=f"/queue?draft={mention.draft}" if mention.draft else "/alarms",
        )


def _suspected(db: Session, watched: Watched) -> Iterator[Alarm]:
    for row in watch.suspected(db, watched.brand):
        yield Alarm(
            kind=AlarmKind.SUSPECTED,
            subject=f"incident:{row.id}",
            title=plain(row.title) if row.title.startswith(DOUBT) else f"Suspected incident: {plain(row.title)}",
            body=f"Began about {iso(row.started_at)}. Confirm or dismiss it.",
            path=f"/incidents/{row.id}",
        )


def _overdue(db: Session, watched: Watched, now: datetime) -> Iterator[Alarm]:
    for row in watch.overdue(db, watched.brand, now):
        promised = iso(row.next_update_at) if row.next_update_at else ""
        yield Alarm(
            kind=AlarmKind.UPDATE,
            subject=f"incident:{row.id}",
            occasion=promised,
            title=f"Promised update is overdue: {plain(row.title)}",
            body=f"It was promised for {promised}. Say what is known, and when you speak next.",
            path=f"/incidents/{row.id}",
        )


def _promises(db: Session, watched: Watched, now: datetime) -> Iterator[Alarm]:
    """Promises whose time is up, but for the updates that ``_overdue`` speaks of."""
    said = {row.id for row in watch.overdue(db, watched.brand, now)}
    left = users.shut(db)
    for row in promises.open_due(db, watched.brand, now):
        if row.kind == PromiseKind.UPDATE.value and row.incident_id in said:
            continue
        guessed = " (its words name no time; this is a guess)" if row.supposed else ""
        yield Alarm(
            kind=AlarmKind.PROMISE,
            subject=f"promise:{row.id}",
            occasion=iso(row.due_at),
            title=f"Promise is overdue: {plain(row.text)}",
            body=f"It was due {iso(row.due_at)}{guessed}. {_owner(row.owner, gone=users.key_of(row.owner) in left)}",
            path="/promises",
        )


def _owner(name: str, *, gone: bool) -> str:
    """Who sees to it; where that is nobody any more, what everybody else is to do."""
    if gone:
        return f"Its owner {plain(name)} cannot log in any more: give it to somebody else."
    return f"Its owner is {plain(name) or 'nobody'}."


def _replies(db: Session, now: datetime) -> Iterator[Alarm]:
    """Replies that are not what was approved, or that could not be looked at, until they are a day old news."""
    for row in watch.unlike_approved(db, now - DAY):
        where = PLATFORMS.get(row.platform, row.platform)
        seen = f"On {where} {row.differs}." if row.differs else f"For a day {where} did not let us look at it."
        yield Alarm(
            kind=AlarmKind.REPLY,
            subject=f"delivery:{row.id}",
            title=f"A reply on {where} is not what was approved" if row.differs else f"A reply on {where} is unseen",
            body=f"{seen} Open it and compare; take it down if it must go.",
            path="/queue/sent",
        )


def _silent(db: Session, watched: Watched, now: datetime) -> Iterator[Alarm]:
    """Complaints well above the usual on a platform where we sent nothing for as long."""
    span = timedelta(minutes=watched.alerts.silent_minutes)
    counts = watch.complaints(db, watched.brand, start=now - span, end=now)
    loud = {name: count for name, count in counts.items() if count >= watched.alerts.silent_complaints}
    usual = _usual(db, watched.brand, now - span, span) if loud else {}
    for name, count in loud.items():
        last = watch.last_sent(db, name)
        if count < RISING * usual.get(name, 0.0) or (last is not None and last > now - span):
            continue
        yield Alarm(
            kind=AlarmKind.SILENT,
            subject=f"platform:{name}",
            occasion=iso(last) if last else "never",
            title=f"Complaints rise on {PLATFORMS.get(name, name)} and we are silent",
            body=f"{count} complaints in {watched.alerts.silent_minutes:g} minutes. Our last reply there: "
            f"{iso(last) if last else 'none yet'}.",
            path="/queue",
        )


def _usual(db: Session, brand: str, end: datetime, span: timedelta) -> dict[str, float]:
    """Negative mentions in a stretch as long as ``span``, from the 24 full hours before ``end``, by platform."""
    last = end.replace(minute=0, second=0, microsecond=0)
    found: dict[str, float] = {}
    for row in rollups.between(db, brand=brand, start=last - DAY, end=last):
        found[row.platform] = found.get(row.platform, 0.0) + row.negative * (span / DAY)
    return found


def _sources(db: Session, watched: Watched, now: datetime) -> Iterator[Alarm]:
    rows = {row.source: row for row in cursors.all_rows(db)}
    for name, every in watched.sources.items():
        row = rows.get(name)
        if row is None or row.polled_at is None:
            continue  # not asked yet
        since = iso(row.succeeded_at) if row.succeeded_at else ""
        if row.failures and any(words in row.problem for words in NO_LOG_IN):
            yield _source(AlarmKind.LOGIN, name, row, since, f"Source {name}: the log-in is refused")
        elif _stopped(row, every, watched.alerts, now):
            yield _source(AlarmKind.SOURCE, name, row, since, f"Source {name} does not answer")


def _publishers(db: Session) -> Iterator[Alarm]:
    """Publishers that are refused: what was approved does not go out."""
    for name, (count, problem) in watch.stuck(db).items():
        if any(words in problem for words in NO_LOG_IN):
            yield Alarm(
                kind=AlarmKind.LOGIN,
                subject=f"publisher:{name}",
                title=f"Publisher {name}: the log-in is refused",
                body=f"{count} approved {'reply waits' if count == 1 else 'replies wait'}. {plain(problem, 300)}",
                path="/queue/sent",
            )


def _stopped(row: CursorRow, every: float, alerts: Alerts, now: datetime) -> bool:
    patience = timedelta(minutes=alerts.source_minutes, seconds=MISSED * every)
    if row.succeeded_at is None:
        return row.failures >= MISSED
    return now - row.succeeded_at > patience


def _source(kind: AlarmKind, name: str, row: CursorRow, since: str, title: str) -> Alarm:
    heard = f"Last heard {since}." if since else "It never answered."
    problem = f" {plain(row.problem, 300)}" if row.problem else ""
    body = f"{heard}{problem} Until it works, nobody there is heard."
    return Alarm(kind=kind, subject=f"source:{name}", occasion=since, title=title, body=body, path="/sources")
