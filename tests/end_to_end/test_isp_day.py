"""The whole road on real input: about 2,000 real posts about internet providers through X's search, real tweepy and
the real model, drafts approved over HTTP, and exactly those bytes back at X, once each, with kills in between."""

import csv
import random
import sqlite3
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.x import FakeX
from tests.fakes.x_search import compile_query
from tests.service import Person, Service, wait_for

US = "ask_spectrum"
BRANDS = "spectrum xfinity verizon suddenlink mediacom tizeti ipnx hughesnet rcn cox spectranet internet"
QUERY = " OR ".join(BRANDS.split())
CONFIG = f"""
[brand]
name = "Spectrum"
handles = ["@{US}"]
languages = ["en"]

[responder]
undo_seconds = 1

[sources.x]
kind = "x"
account = "{US}"
query = "{QUERY}"
poll_seconds = 1
base_url = "{{url}}"

[publishers.x]
kind = "x"
account = "{US}"
read_lag_seconds = 1
base_url = "{{url}}"
"""
SECRETS = {
    f"AMENDS_{section}_{key}": f"canary-{key.lower()}-{section.lower()}"
    for section in ("SOURCES_X", "PUBLISHERS_X")
    for key in ("CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_TOKEN_SECRET")
} | {"AMENDS_SOURCES_X_BEARER_TOKEN": "canary-bearer", "AMENDS_SOURCES_X_ACCESS_TOKEN": "canary-user-token",
     "AMENDS_PUBLISHERS_X_ACCESS_TOKEN": "canary-user-token"}  # fmt: skip


def _posts(data_dir: Path) -> list[str]:
    file = data_dir / "nigerian_isp/data/analogous-data/analogous_tweets_nov_27.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: row["Time"])
    return list(dict.fromkeys(row["Text"] for row in rows if row["Text"].strip()))


def _seed(x: FakeX, texts: list[str]) -> None:
    """The posts over the last 20 hours: authors, ids out of order, reposts of originals; the last hundred appear
    while the service listens, up to 20 seconds after their own time."""
    chance = random.Random(20211127)
    x.state.user(US, token="canary-user-token", name="Spectrum")
    start, live = time.time() - 20 * 3600, len(texts) - 100
    step = (20 * 3600 - 60) / live
    originals: dict[str, Any] = {}
    for number, text in enumerate(texts):
        at = start + number * step if number < live else time.time() - 60 + (number - live) * 0.8
        author = f"customer_{chance.randrange(1400)}"
        if text.startswith("RT @") and ": " in text:
            handle, body = text[4:].split(": ", 1)
            key = body[:60]
            if key not in originals:
                originals[key] = x.state.add(handle[:15] or "someone", body, created_at=at - 30)
            x.state.retweet(author, originals[key], created_at=at)
            continue
        jitter = chance.uniform(-90, 90) if chance.random() < 0.2 else 0.0
        late = chance.uniform(0, 20) if number >= live else 0.0
        x.state.add(author, text, created_at=at, late=late, id=x.state.new_id(at + jitter))


def _rows(service: Service, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{service.folder}/var/amends.db?mode=ro", uri=True, timeout=20) as db:
        return db.execute(sql).fetchall()


def _count(service: Service, sql: str) -> int:
    try:
        return int(_rows(service, sql)[0][0])
    except sqlite3.OperationalError:
        return 0  # not made yet


@pytest.mark.timeout(420)
def test_real_posts_from_search_to_sent_with_kills_in_between(tmp_path: Path, data_dir: Path) -> None:
    texts = _posts(data_dir)
    assert len(texts) > 1500
    with FakeX() as x, Service(tmp_path, SECRETS) as service:
        _seed(x, texts)
        match = compile_query(x.state, QUERY)
        wanted = {post.id for post in x.state.posts.values() if match(post) and not post.retweets}
        wanted |= {post.id for post in x.state.posts.values() if not post.retweets and US in post.text.lower()}
        (tmp_path / "config.toml").write_text(CONFIG.format(url=x.url))
        x.fail("status", status=429, path="search", skip=7, headers={"x-rate-limit-reset": str(int(time.time()) + 8)})

        service.start()
        wait_for(lambda: _count(service, "SELECT count(*) FROM mentions") > 500, 60, "a first part")
        service.kill()
        service.start()

        def all_kept() -> bool:
            return wanted <= {row[0] for row in _rows(service, "SELECT external_id FROM mentions")}

        wait_for(all_kept, 120, "keeping every post")
        assert (
            _rows(service, "SELECT external_id FROM mentions GROUP BY platform, external_id HAVING count(*) > 1") == []
        )
        assert _count(service, "SELECT count(*) FROM shares") > 100
        wait_for(
            lambda: _count(service, "SELECT count(*) FROM mentions WHERE status IN ('new', 'read')") == 0,
            180,
            "reading",
        )
        kept = _count(service, "SELECT count(*) FROM mentions")
        assert _count(service, "SELECT count(*) FROM readings") == kept
        others = _count(service, "SELECT count(*) FROM mentions WHERE NOT relevant")  # kept, but not about the brand
        assert _count(service, "SELECT sum(volume) FROM rollups") == kept - others
        assert others < 0.05 * kept
        assert _count(service, "SELECT count(*) FROM mentions WHERE status = 'failed'") == 0

        # Every drafted mention may be answered, and every one that asks for an answer and may be answered is drafted.
        assert (
            _count(
                service,
                "SELECT count(*) FROM mentions WHERE status = 'drafted' AND eligible NOT IN ('tagged', 'quoted')",
            )
            == 0
        )
        asking = """SELECT count(*) FROM mentions m JOIN readings r ON r.mention_id = m.id
                    WHERE m.eligible = 'tagged' AND r.about = 'service'
                    AND r.intents LIKE '%outage_report%' AND m.status {} 'drafted'"""
        assert _count(service, asking.format("<>")) == 0
        assert _count(service, asking.format("=")) > 20

        person = Person(service).set_up()
        approved = _approve(person, 10)
        service.kill()  # while the first of them are on their way
        service.start()
        person.get("/queue")
        approved |= _approve(person, 10, besides=set(approved))
        wait_for(
            lambda: _count(service, "SELECT count(*) FROM deliveries WHERE status = 'sent'") == 20, 150, "sending 20"
        )
        assert service.stop() == 0

        sent = sorted(post.text for post in x.posts)
        assert sent == sorted(text.encode() for text in approved.values())
        assert len({post.target for post in x.posts}) == 20
        assert "canary" not in service.log.read_text()
        assert datetime.fromisoformat(_rows(service, "SELECT max(at) FROM audit")[0][0])


def _approve(person: Person, count: int, besides: set[int] = frozenset()) -> dict[int, str]:  # type: ignore[assignment]
    """Approves the next drafts that the gate lets pass; returns their texts by draft."""
    approved: dict[int, str] = {}
    for draft in person.waiting():
        if len(approved) == count:
            break
        status, text = person.approve(draft)
        assert status in (200, 422), status  # 422: the gate blocks this one
        if status == 200 and draft not in besides:
            approved[draft] = text
    assert len(approved) == count
    return approved
