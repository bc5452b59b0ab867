"""Throughput of each step of a mention's road, on the demo's posts told over and over by different people."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import select

from amends import jobs
from amends.bootstrap import App
from core import settings
from core.domain import DraftStatus, Eligibility, FactSheet, IncidentStatus, Mention, Platform
from core.store import audit
from core.store.drafts import DraftRow
from incidents.detect import detect
from incidents.lifecycle import open_incident
from listener.intake import keep_all
from responder.gate import Candidate
from responder.gate.registry import inspect
from tests.bench.measure import Figure, seconds

MENTIONS = 2000
PAGE = 100  # mentions kept in one transaction, as a page of a source


def measure(folder: Path) -> list[Figure]:
    (folder / "config.toml").write_text('[brand]\nname = "Northwind Mobile"\nhandles = ["@northwind"]\n')
    app = App(settings.Settings(
        brand=settings.Brand(name="Northwind Mobile", handles=("@northwind",), languages=("en", "fr", "es")),
        store=settings.Store(url=f"sqlite:///{folder}/amends.db"),
    ))  # fmt: skip
    app.store  # noqa: B018 - made before the clock runs
    return [*_intake(app, folder), *_score(app), *_draft(app), *_gate(app), *_detect(), *_audit(app)]


def texts() -> Iterator[str]:
    """The demo's posts, each time with another number in it, so that no two are the same."""
    day = Path(__file__).parents[2] / "listener/demo/day.jsonl"
    posts = [str(json.loads(line)["text"]) for line in day.read_text().splitlines() if '"text"' in line]
    number = 0
    while True:
        for post in posts:
            number += 1
            yield f"{post} {number}"


def crowd() -> list[Mention]:
    start = datetime.now(UTC) - timedelta(minutes=60)
    return [
        Mention(
            platform=Platform.X,
            external_id=str(number),
            author=f"c{number % 1500}",
            text=text,
            eligible=Eligibility.TAGGED,
            created_at=start + timedelta(seconds=number),
        )
        for number, text in enumerate(islice(texts(), MENTIONS))
    ]


def _intake(app: App, folder: Path) -> list[Figure]:
    found = crowd()

    pages = [found[start : start + PAGE] for start in range(0, MENTIONS, PAGE)]
    took = bare = 0.0
    with closing(_bare_database(folder)) as plain:
        for page in pages:  # in turn: whatever else the machine does meets both alike
            took += seconds(lambda page=page: _keep(app, page))
            bare += seconds(lambda page=page: _insert(plain, page))
    return [
        Figure(
            "intake (dedupe, cases, events), times bare SQLite inserts of the same rows",
            f"{took / bare:.0f} x",
            is_ratio=True,
        ),
        Figure("intake on SQLite", f"{MENTIONS / took:.0f} mentions/s"),
    ]


def _keep(app: App, page: list[Mention]) -> None:
    with app.store.begin() as db:
        keep_all(
            db, page, brand="Northwind Mobile", handles=("@northwind",), source="bench", wanted=lambda _: True,
            now=app.clock(),
        )  # fmt: skip


def _bare_database(folder: Path) -> sqlite3.Connection:
    db = sqlite3.connect(folder / "bare.db")
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("CREATE TABLE m (id INTEGER PRIMARY KEY, external_id TEXT UNIQUE, author TEXT, text TEXT, at TEXT)")
    return db


def _insert(db: sqlite3.Connection, page: list[Mention]) -> None:
    rows = [(m.external_id, m.author, m.text, m.created_at.isoformat()) for m in page]
    db.executemany("INSERT INTO m (external_id, author, text, at) VALUES (?, ?, ?, ?)", rows)
    db.commit()


def _score(app: App) -> list[Figure]:
    app.model.warm_up()
    scored = seconds(lambda: jobs.score_all(app))
    return [Figure("score (classify and keep, with counts) on SQLite", f"{MENTIONS / scored:.0f} mentions/s")]


def _draft(app: App) -> list[Figure]:
    open_incident(
        app.store, brand="Northwind Mobile", title="Mobile data outage", status=IncidentStatus.IDENTIFIED,
        started_at=app.clock() - timedelta(hours=1), next_update_at=app.clock() + timedelta(minutes=30),
        components=("mobile data",), regions=("Ontario",), links=(), actor="bench", clock=app.clock,
        facts={"scope": "Mobile data is down for some customers in Ontario.", "cause": "A faulty router in Toronto."},
    )  # fmt: skip
    took = seconds(lambda: jobs.draft_all(app))
    with app.store.read() as db:
        drafted = len(db.scalars(select(DraftRow.id).where(DraftRow.status == DraftStatus.WAITING.value)).all())
    return [
        Figure("decide and draft (journey, playbook, gate, rows) on SQLite", f"{MENTIONS / took:.0f} mentions/s"),
        Figure(f"  of which drafts that wait afterwards: {drafted}", f"{drafted / took:.0f} drafts/s"),
    ]


def _gate(app: App) -> list[Figure]:
    with app.store.read() as db:
        rows = db.scalars(select(DraftRow).where(DraftRow.status == DraftStatus.WAITING.value).limit(200)).all()
    sheet = FactSheet(brand=app.settings.brand.as_voice())
    recent = [row.text for row in rows]
    candidates = [
        Candidate(reply=row.text, platform="x", mention=row.mention.text, author="c1", sheet=sheet, recent=recent)
        for row in rows
    ]
    took = seconds(lambda: [inspect(candidate) for candidate in candidates])
    return [
        Figure(f"gate, all checks, against {len(recent)} recent replies", f"{1000 * took / len(rows):.1f} ms/draft")
    ]


def _detect() -> list[Figure]:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    points = [(start + timedelta(minutes=n), float(20 + (n * 7919) % 13)) for n in range(100_000)]
    took = seconds(lambda: list(detect(points)))
    return [Figure("detect", f"{len(points) / took:.0f} points/s")]


def _audit(app: App) -> list[Figure]:
    def decide() -> None:
        for number in range(200):
            with app.store.begin() as db:
                audit.record(db, actor="bench", action="bench", subject=f"draft:{number}", now=app.clock(), n=number)

    return [
        Figure(
            "audit, one row a transaction, each on disk before it is acknowledged",
            f"{200 / seconds(decide):.0f} rows/s",
        )
    ]
