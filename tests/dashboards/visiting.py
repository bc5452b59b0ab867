"""A browser without a screen: signed in with a role, posting forms with the session's token."""

import re
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from core.domain import About, Emotion, Impact, Reading, Sentiment
from core.settings import Settings
from core.store import rollups
from core.store.users import UserRow
from dashboards import auth
from dashboards.deps import Deps
from tests import factories
from tests.dashboards.apps import create_app
from tests.factories import Clock, Database


@dataclass
class Visitor:
    client: TestClient
    rows: Database
    clock: Clock
    deps: Deps

    def get(self, path: str) -> Any:
        return self.client.get(path, headers={"accept": "text/html"})

    def post(self, path: str, **fields: str) -> Any:
        """Posts a form as our own page would; redirects are not followed."""
        found = re.search(r'name="csrf" content="([^"]+)"', self.get("/audit").text)
        assert found, "nobody is signed in"
        headers = {"accept": "text/html", "sec-fetch-site": "same-origin"}
        return self.client.post(path, data={"csrf": found[1]} | fields, headers=headers, follow_redirects=False)

    def mentions(self, count: int, *, hours_ago: float, platform: str = "x", sentiment: str = "negative",
                 outage: bool = False, angry: bool = False) -> None:  # fmt: skip
        """Counts readings into their hour, as scoring does."""
        reading = Reading(
            sentiment=Sentiment(sentiment), sentiment_score=0, emotion=Emotion.NEUTRAL, intents=(), outage=outage,
            outage_score=0, angry=angry, angry_score=0, impact=Impact.NONE, about=About.SERVICE, language="en",
            confidence=1, model="m@1",
        )  # fmt: skip
        at = self.clock() - timedelta(hours=hours_ago)
        with self.deps.store.begin() as db:
            for _ in range(count):
                rollups.count(db, brand=factories.BRAND, platform=platform, at=at, new=reading)


def visit(directory: Path, role: str = "lead", *, settings: Settings | None = None) -> Visitor:
    """A fresh database with one user, signed in."""
    store, clock = factories.new_store(directory), Clock()
    rows = Database(store, clock)
    deps = factories.deps(store, clock=clock, **({"settings": settings} if settings else {}))
    visitor = Visitor(TestClient(create_app(deps)), rows, clock, deps)
    sign_in(visitor, new_user(visitor, "Lena", role))
    return visitor


def new_user(visitor: Visitor, name: str, role: str) -> int:
    """Somebody who never types a password, so none is hashed."""
    user = UserRow(name=name, role=role, password_hash="-", created_at=visitor.clock(), disabled_at=None)
    with visitor.deps.store.begin() as db:
        db.add(user)
        db.flush()
        return user.id


def sign_in(visitor: Visitor, user_id: int) -> None:
    token = auth.start_session(visitor.deps, auth.Proved(user_id, 0), old_token=None, user_agent="test")
    visitor.client.cookies.set(auth.cookie_name(visitor.deps), token)


def words(html: str) -> str:
    """What a person reads: tags gone, spaces collapsed."""
    html = re.sub(r"<(script|style|head)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))
