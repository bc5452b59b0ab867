"""``amends backtest``: what the detector would have said, and when, over recorded mentions."""

import gzip
import json
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import typer

from amends.lines import Faults, batches, limited, objects, opened, write
from amends.pipes import optional_settings
from core import settings as core_settings
from core.clock import YEARS, in_reach
from core.domain import Mention
from core.errors import ConfigError, InputError
from listener.records import mention_from

if TYPE_CHECKING:
    from classifier.models import Model
    from incidents.backtest import Event, Verdict
    from incidents.outages import Alarm, Heard

BATCH = 2048
GZIP = b"\x1f\x8b"


def run_backtest(path: str | None, brand: str, truth: Path | None, config: Path | None) -> None:
    """Incidents of a file of mentions, oldest first. With ``truth``, how well that was, on standard error."""
    from classifier.models import load
    from incidents.backtest import judge, replay
    from incidents.suspecting import sensitivity_of

    if not brand.strip():
        raise typer.BadParameter("say whose mentions these are", param_hint="--brand")
    settings = optional_settings(config)
    events = _events(truth) if truth else None
    with opened(path) as (name, stream):
        faults = Faults(name)
        mentions = _in_order(stream, faults)
    model = (
        load(settings.classifier, languages=settings.brand.languages) if settings else load(core_settings.Classifier())
    )
    how = sensitivity_of(settings.detection if settings else core_settings.Detection())
    alarms = []
    for alarm in replay(_heard(mentions, model), how):
        alarms.append(alarm)
        write(incident_row(alarm))
    if events is not None:
        days = (mentions[-1].created_at - mentions[0].created_at).total_seconds() / 86400 if mentions else 0.0
        print("\n".join(verdict_lines(judge(alarms, events, days))), file=sys.stderr)
    faults.end()


def _in_order(stream: BinaryIO, faults: Faults) -> list[Mention]:
    """The good lines, oldest first; a mention that stands there twice counts once, and is said when they differ."""
    found: dict[tuple[str, str], Mention] = {}
    for number, value in objects(_lines(stream, faults), faults):
        try:
            mention = mention_from(value)
        except InputError as error:
            faults.say(number, str(error))
            continue
        if found.setdefault((mention.platform.value, mention.external_id), mention) != mention:
            faults.say(number, f"id: {mention.external_id!r} stood before, with other words, time or author")
    return sorted(found.values(), key=lambda mention: (mention.created_at, mention.platform, mention.external_id))


def _lines(stream: BinaryIO, faults: Faults) -> Iterable[bytes]:
    """The lines of the stream, unpacked when it is packed. What cannot be unpacked is said; what came before counts."""
    peek = getattr(stream, "peek", None)
    packed = peek is not None and peek(2)[:2] == GZIP
    return _unpacked(gzip.GzipFile(fileobj=stream), faults) if packed else stream


def _unpacked(file: gzip.GzipFile, faults: Faults) -> Iterator[bytes]:
    number = 0
    try:
        for line in limited(file.readline, b"\n"):
            number += 1
            yield line
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        faults.say(number + 1, f"the packed file is broken here: {error}")


def _heard(mentions: list[Mention], model: "Model") -> Iterator["Heard"]:
    """Each mention with its reading. The same words are read once."""
    from incidents.outages import Heard

    known: dict[str, tuple[float, float]] = {}
    for batch in batches(mentions, BATCH):
        new = list({mention.text: mention.language for mention in batch if mention.text not in known}.items())
        readings = model.read([text for text, _ in new], [language for _, language in new]) if new else []
        for (text, _), reading in zip(new, readings, strict=True):
            known[text] = (reading.outage_score, reading.angry_score)
        for mention in batch:
            outage, angry = known[mention.text]
            author = f"{mention.platform.value}:{mention.author}"
            yield Heard(mention.created_at, author, mention.text, outage, angry, mention.external_id)


def incident_row(alarm: "Alarm") -> dict[str, Any]:
    """An alarm as the interfaces name its fields."""
    from incidents.outage_words import summary

    return {
        "kind": alarm.kind,
        "started_at": alarm.started_at.isoformat(timespec="seconds"),
        "detected_at": alarm.detected_at.isoformat(timespec="seconds"),
        "ended_at": alarm.ended_at.isoformat(timespec="seconds") if alarm.ended_at else None,
        "mentions": alarm.mentions,
        "outage_mentions": alarm.outage_mentions,
        "peak_per_minute": alarm.peak_per_minute,
        "score": round(alarm.score, 4),
        "summary": summary(alarm),
    }


def verdict_lines(verdict: "Verdict") -> list[str]:
    """How a replay went, in words."""
    months = max(verdict.days / 30, 1e-9)
    true = verdict.alarms - verdict.on_decoys - verdict.on_nothing
    delay = "nothing was found"
    if verdict.delays:
        delay = f"{verdict.median_delay:.1f} minutes at the median, {verdict.p90_delay:.1f} at the 90th percentile"
    return [
        f"outages found   {len(verdict.delays)} of {verdict.outages} ({verdict.recall:.3f})",
        f"true alarms     {true} of {verdict.alarms} ({verdict.precision:.3f})",
        f"delay           {delay}",
        f"decoys alarmed  {verdict.on_decoys} ({verdict.on_decoys / months:.2f} a month)",
    ]


def _events(file: Path) -> list["Event"]:
    """The events of a truth file: ``{"events": [{"kind", "start", "end"}]}``. Raises ConfigError."""
    try:
        value = json.loads(file.read_text(encoding="utf-8-sig"))
        return [_event(event) for event in value["events"]]
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ConfigError(f'{file}: not {{"events": [{{"kind", "start", "end"}}]}}: {error}') from None


def _event(value: Mapping[str, str]) -> "Event":
    from incidents.backtest import Event

    start, end = (_aware(value[name]) for name in ("start", "end"))
    return Event(value["kind"], start, end)


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no offset from UTC")
    if not in_reach(moment):
        raise ValueError(f"{text} is not in the years {YEARS[0]} to {YEARS[-1]}")
    return moment.astimezone(UTC)
