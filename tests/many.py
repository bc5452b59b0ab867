"""A queue as long as a bad day makes it, written in bulk: through the product it would take minutes."""

import random
from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow, ReadingRow
from tests.factories import BRAND, Database

PLATFORMS = ("x", "reddit", "bluesky", "mastodon")
STAGES = ("anger", "irritation", "anxiety", "surprise", "resignation")
PRIORITIES = (1050, 400, 240, 150, 140, 50, 40)
SAID = ("data", "down", "ontario", "nine", "cannot", "call", "work", "lost", "refund", "signal", "École", "why")


def fill(rows: Database, count: int, *, owner: int | None = None) -> None:
    """Waiting drafts 1 to ``count``, each of a customer of its own; every tenth case is ``owner``'s."""
    seeded, numbers = random.Random(7), range(1, count + 1)
    with rows.store.begin() as db:
        for kind, row in ((CaseRow, _case), (MentionRow, _mention), (ReadingRow, _reading), (DraftRow, _draft)):
            db.execute(insert(kind), [row(rows, number, seeded, owner) for number in numbers])


def _case(rows: Database, number: int, _seeded: random.Random, owner: int | None) -> dict[str, Any]:
    now = rows.clock()
    return {
        "id": number, "brand": BRAND, "platform": PLATFORMS[number % 4], "author": f"c{number}",
        "contacts": 1 + (number % 5 == 0), "opened_at": now, "last_at": now,
        "owner_id": owner if number % 10 == 0 else None,
    }  # fmt: skip


def _mention(rows: Database, number: int, seeded: random.Random, _owner: int | None) -> dict[str, Any]:
    now = rows.clock()
    return {
        "id": number, "brand": BRAND, "source": "many", "platform": PLATFORMS[number % 4], "external_id": str(number),
        "author": f"c{number}", "author_id": str(number), "author_name": f"Name {number}", "followers": 5, "url": "",
        "text": f"@northwind {' '.join(seeded.choices(SAID, k=25))}", "community": "", "eligible": "tagged",
        "status": "drafted", "created_at": now - timedelta(seconds=number), "fetched_at": now, "case_id": number,
        "shares": 0,
    }  # fmt: skip


def _reading(rows: Database, number: int, _seeded: random.Random, _owner: int | None) -> dict[str, Any]:
    return rows.reading() | {"mention_id": number, "outage": number % 3 > 0, "angry": number % 2 > 0}


def _draft(rows: Database, number: int, seeded: random.Random, _owner: int | None) -> dict[str, Any]:
    now = rows.clock()
    return {
        "id": number, "mention_id": number, "sheet_version": 0, "status": "waiting", "language": "en",
        "text": f"We are sorry: {' '.join(seeded.choices(SAID, k=25))} ({number})", "stage": STAGES[number % 5],
        "persona": "safety" if number % 200 == 0 else "work", "moves": ["acknowledge"], "facts_used": [],
        "findings": [], "passed": number % 20 > 0, "writer": "playbook", "priority": PRIORITIES[number % 7],
        "waiting_since": now - timedelta(seconds=number), "version": 1, "reason": "", "created_at": now,
        "updated_at": now,
    }  # fmt: skip
