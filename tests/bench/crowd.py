"""A database as a very bad day leaves it, written in bulk: through the product it would take hours."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert

from amends.bootstrap import App
from core.domain import IncidentStatus
from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow, ReadingRow
from core.store.users import SessionRow, UserRow
from dashboards.auth import hashed
from incidents.lifecycle import open_incident
from tests.bench.work import texts

CHUNK = 5000  # rows of one statement
HOURS = 12
STAGES = ("surprise", "irritation", "anger", "anxiety", "resignation")
PERSONAS = ("none", "work", "business", "safety", "family", "education")
PLATFORMS = ("x", "x", "x", "reddit", "bluesky", "mastodon")


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    cookie: str
    csrf: str


def reply(number: int) -> str:
    return f"Mobile data is down for some customers in Ontario, and that is on us. Next word at 11:30. ({number})"


def fill(app: App, *, mentions: int, waiting: int, people: int) -> list[Person]:
    """Every mention is read, the first ``waiting`` have a draft that waits; draft n answers mention n."""
    now = app.clock()
    incident = _incident(app, now)
    authors = mentions * 4 // 5  # some write again
    with app.store.begin() as db:
        for table, rows in (
            (CaseRow, (_case(number, incident, now) for number in range(1, authors + 1))),
            (
                MentionRow,
                (
                    _mention(app, *each, authors, waiting, now)
                    for each in zip(range(1, mentions + 1), texts(), strict=False)
                ),
            ),
            (ReadingRow, (_reading(number, now) for number in range(1, mentions + 1))),
            (DraftRow, (_draft(number, incident, now) for number in range(1, waiting + 1))),
        ):
            for batch in _chunks(rows):
                db.execute(insert(table), batch)
        return [_person(db.add, number, now) for number in range(1, people + 1)]


def _chunks(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, CHUNK)):
        yield batch


def _incident(app: App, now: datetime) -> int:
    return open_incident(
        app.store, brand=app.settings.brand.name, title="Mobile data outage", status=IncidentStatus.IDENTIFIED,
        started_at=now - timedelta(hours=HOURS), next_update_at=now + timedelta(hours=2), components=("mobile data",),
        regions=("Ontario",), links=(), facts={"scope": "Mobile data is down for some customers in Ontario."},
        actor="bench", clock=app.clock,
    )  # fmt: skip


def _case(number: int, incident: int, now: datetime) -> dict[str, Any]:
    return {
        "id": number, "brand": "Northwind Mobile", "platform": PLATFORMS[number % 6], "author": f"c{number}",
        "incident_id": incident, "stage": STAGES[number % 5], "persona": PERSONAS[number % 6], "contacts": 1,
        "opened_at": now, "last_at": now,
    }  # fmt: skip


def _mention(app: App, number: int, text: str, authors: int, waiting: int, now: datetime) -> dict[str, Any]:
    case = (number - 1) % authors + 1
    return {
        "id": number, "brand": app.settings.brand.name, "source": "bench", "platform": PLATFORMS[case % 6],
        "external_id": str(number), "author": f"c{case}", "author_id": str(case), "author_name": f"Customer {case}",
        "followers": number % 5000, "text": text, "url": "", "community": "", "eligible": "tagged",
        "status": "drafted" if number <= waiting else "watched", "fetched_at": now, "case_id": case,
        "created_at": now - timedelta(seconds=number * HOURS * 3600 % 43_000),
    }  # fmt: skip


def _reading(number: int, now: datetime) -> dict[str, Any]:
    outage, angry = number % 3 > 0, number % 4 == 0
    return {
        "mention_id": number, "sentiment": "negative", "sentiment_score": -0.8, "emotion": "anger", "outage": outage,
        "intents": ["outage_report"], "outage_score": 0.97 if outage else 0.1, "angry": angry, "about": "service",
        "angry_score": 0.9 if angry else 0.2, "impact": PERSONAS[number % 6], "language": "en", "confidence": 0.9,
        "model": "bench@1", "read_at": now,
    }  # fmt: skip


def _draft(number: int, incident: int, now: datetime) -> dict[str, Any]:
    return {
        "id": number, "mention_id": number, "incident_id": incident, "sheet_version": 1, "status": "waiting",
        "text": reply(number), "language": "en", "stage": STAGES[number % 5], "persona": PERSONAS[number % 6],
        "moves": ["acknowledge", "explain"], "facts_used": ["scope"], "findings": [], "passed": True,
        "writer": "playbook", "priority": number % 500, "version": 1, "reason": "", "created_at": now,
        "updated_at": now,
        "waiting_since": now - timedelta(seconds=number * HOURS * 3600 % 43_000),
    }  # fmt: skip


def _person(add: Callable[[Any], None], number: int, now: datetime) -> Person:
    person = Person(cookie=secrets.token_urlsafe(32), csrf=secrets.token_urlsafe(32))
    user = UserRow(
        id=number, name=f"Person {number}", role="approver", password_hash="-", created_at=now, disabled_at=None
    )
    add(user)
    add(
        SessionRow(
            token_hash=hashed(person.cookie), csrf=person.csrf, user_id=number, created_at=now, user_agent="bench",
            expires_at=now + timedelta(hours=12),
        )
    )  # fmt: skip
    return person
