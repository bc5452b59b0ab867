"""How well outages are heard: composed replays, mentions in and incidents out, judged by what happened."""

import gzip
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from classifier.models import load
from core.settings import Classifier
from incidents.backtest import Event, Verdict, judge, replay, together
from incidents.outages import Heard, Sensitivity
from tests.bench.measure import Figure, seconds


def table(data: Path) -> list[Figure]:
    """The replays beside the data sets, or in $AMENDS_REPLAYS; nothing when there are none."""
    folder = Path(os.environ.get("AMENDS_REPLAYS") or data.parent / "replays")
    files = sorted(folder.glob("*.jsonl.gz"))
    if not files:
        return []
    model: Any = load(Classifier())
    model.warm_up()
    known: dict[str, tuple[float, float]] = {}
    verdicts: list[Verdict] = []
    posts, took = 0, 0.0
    for file in files:
        heard = list(_heard(file, model, known))
        events, days = _truth(file.with_name(file.name.removesuffix(".jsonl.gz") + ".truth.json"))
        alarms = []
        took += seconds(lambda heard=heard, alarms=alarms: alarms.extend(replay(heard, Sensitivity())))
        posts += len(heard)
        verdicts.append(judge(alarms, events, days))
    return figures(together(verdicts), len(files), posts / took)


def figures(verdict: Verdict, replays: int, speed: float) -> list[Figure]:
    """One row a measure. Published or usual figures do not exist for these replays: the goals stand in docs."""
    where = f"{replays} composed replays"
    median, late = verdict.median_delay or 0.0, verdict.p90_delay or 0.0
    return [
        Figure(f"outages heard, recall, {where}", f"{verdict.recall:.3f}", is_ratio=True),
        Figure(f"outage alarms, precision, {where}", f"{verdict.precision:.3f}", is_ratio=True),
        Figure(f"outage heard after its start, median, {where}", f"{median:.1f} min"),
        Figure(f"outage heard after its start, 90th percentile, {where}", f"{late:.1f} min"),
        Figure(f"decoys taken for an outage, {where}", f"{verdict.on_decoys / (verdict.days / 30):.2f} a brand-month"),
        Figure("outage detector, readings at hand", f"{speed:.0f} mentions/s"),
    ]


def _heard(file: Path, model: Any, known: dict[str, tuple[float, float]]) -> Iterator[Heard]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    new = list({row["text"] for row in rows} - known.keys())
    for text, reading in zip(new, model.read(new), strict=True):
        known[text] = (reading.outage_score, reading.angry_score)
    for row in rows:
        yield Heard(datetime.fromisoformat(row["created_at"]), row["author"], row["text"], *known[row["text"]])


def _truth(file: Path) -> tuple[list[Event], float]:
    """Events, and the days they are spread over."""
    truth = json.loads(file.read_text(encoding="utf-8"))
    at = datetime.fromisoformat
    events = [Event(event["kind"], at(event["start"]), at(event["end"])) for event in truth["events"]]
    return events, (at(truth["end"]) - at(truth["start"])).total_seconds() / 86400
