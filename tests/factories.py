"""A database with content, made through the rows: incident, mentions with readings, cases, drafts."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pwdlib.hashers.argon2 import Argon2Hasher

from core.domain import Finding, Level
from core.sections import StatusPage
from core.settings import Brand, Responder, Settings, Web
from core.store import Store, open_store
from core.store.audit import seal_from_now
from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from core.store.incidents import FactRow, IncidentRow, TimelineRow
from core.store.mentions import MentionRow, ReadingRow
from core.store.migrate import migrate
from core.store.sealing import Sealer
from core.store.users import UserRow
from dashboards.deps import Check, Deps
from responder.approval import Route
from responder.gate import Candidate
from responder.lengths import measure

BRAND = "Northwind Mobile"
PASSWORD = "correct horse battery"
START = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


@cache
def hashed(password: str) -> str:
    """Hashing is slow on purpose; a hash says how slow, and every log-in of a test with this one is quick."""
    return Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


@dataclass
class Clock:
    """A clock that a test sets: frozen at ``now``, or running from it."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Database:
    """Makes rows. Every method commits and returns what tests need to find them again."""

    store: Store
    clock: Callable[[], datetime] = field(default_factory=Clock)
    count: int = 0

    def user(self, name: str = "Ana", role: str = "approver", password: str = PASSWORD) -> int:
        return self._add(
            UserRow(
                name=name,
                role=role,
                password_hash=hashed(password),
                created_at=self.clock(),
                disabled_at=None,
            )
        )

    def incident(self, **values: Any) -> int:
        now = self.clock()
        defaults: dict[str, Any] = {
            "brand": BRAND,
            "status": "identified",
            "title": "Mobile data outage",
            "components": ["mobile data"],
            "regions": ["Ontario"],
            "links": ["https://status.northwind.example"],
            "started_at": now - timedelta(hours=1),
            "next_update_at": now + timedelta(minutes=25),
            "sheet_version": 1,
            "opened_by": "Lena",
            "opened_at": now - timedelta(minutes=50),
            "resolved_at": None,
            "closed_at": None,
        }
        return self._add(IncidentRow(**(defaults | values)))

    def fact(self, incident_id: int, name: str, text: str, *, version: int = 1) -> int:
        return self._add(
            FactRow(incident_id=incident_id, name=name, version=version, text=text, author="Lena", at=self.clock())
        )

    def timeline(self, incident_id: int, what: str, actor: str = "Lena") -> int:
        return self._add(TimelineRow(incident_id=incident_id, at=self.clock(), actor=actor, what=what))

    def case(self, author: str = "sam", platform: str = "x", **values: Any) -> int:
        now = self.clock()
        defaults: dict[str, Any] = {"brand": BRAND, "platform": platform, "author": author, "incident_id": None}
        defaults |= {"stage": None, "persona": None, "contacts": 1, "owner_id": None, "opted_out_at": None}
        return self._add(CaseRow(**(defaults | {"opened_at": now, "last_at": now} | values)))

    def mention(self, text: str = "@northwind no data since 9, what is going on?", *, case_id: int | None = None,
                reading: dict[str, Any] | None = None, **values: Any) -> int:  # fmt: skip
        self.count += 1
        now = self.clock()
        author, platform = values.get("author", "sam"), values.get("platform", "x")
        defaults: dict[str, Any] = {
            "brand": BRAND,
            "source": "test",
            "platform": platform,
            "external_id": str(1_900_000_000 + self.count),
            "author": author,
            "author_id": author,
            "author_name": author.title(),
            "followers": 120,
            "text": text,
            "url": f"https://{platform}.example/{author}/{self.count}",
            "eligible": "tagged",
            "community": "",
            "status": "drafted",
            "created_at": now - timedelta(minutes=4),
            "fetched_at": now,
        }
        case_id = case_id or self.case(author, platform)
        mention_id = self._add(MentionRow(**(defaults | values), case_id=case_id))
        self._add(ReadingRow(**(self.reading() | (reading or {})), mention_id=mention_id))
        return mention_id

    def reading(self) -> dict[str, Any]:
        return {
            "sentiment": "negative",
            "sentiment_score": -0.86,
            "emotion": "anger",
            "intents": ["outage_report", "status_question"],
            "outage": True,
            "outage_score": 0.97,
            "angry": True,
            "angry_score": 0.81,
            "impact": "work",
            "about": "service",
            "language": "en",
            "confidence": 0.81,
            "model": "bundled@test",
            "read_at": self.clock(),
        }

    def draft(self, mention_id: int | None = None, text: str = "Mobile data is down in Ontario, and that is on us.",
              **values: Any) -> int:  # fmt: skip
        now = self.clock()
        findings = values.pop("findings", [])
        mention_id = mention_id or self.mention()
        with self.store.read() as db:
            waiting_since = db.get_one(MentionRow, mention_id).created_at
        defaults: dict[str, Any] = {
            "mention_id": mention_id,
            "waiting_since": waiting_since,
            "incident_id": None,
            "sheet_version": 0,
            "status": "waiting",
            "text": text,
            "language": "en",
            "stage": "anger",
            "persona": "work",
            "moves": ["acknowledge", "own", "next_step"],
            "facts_used": ["scope"],
            "findings": findings,
            "passed": not any(finding["level"] == "block" for finding in findings),
            "writer": "playbook",
            "priority": 50,
            "version": 1,
            "reason": "",
            "created_at": now,
            "updated_at": now,
        }
        return self._add(DraftRow(**(defaults | values)))

    def _add(self, row: Any) -> int:
        with self.store.begin() as db:
            db.add(row)
            db.flush()
            return int(getattr(row, "id", 0))


def new_store(directory: Path) -> Store:
    """A migrated SQLite database in ``directory``."""
    shutil.copy(empty_file(), directory / "amends.db")
    return open_store(f"sqlite:///{directory / 'amends.db'}")


def empty_file() -> Path:
    """An empty migrated database to copy, made once a process: migrating takes half a second."""
    return Path(_empty().name) / "amends.db"


@cache
def _empty() -> TemporaryDirectory[str]:
    place = TemporaryDirectory()
    store = open_store(f"sqlite:///{place.name}/amends.db")
    migrate(store)
    store.close()
    return place


def seal(store: Store, directory: Path, clock: Callable[[], datetime]) -> None:
    """Gives the store a key, as the service does: what is kept encrypted needs one."""
    seal_from_now(store, Sealer(b"a key of tests, long enough", directory / "checkpoint"), clock)


@cache
def _brand() -> Brand:
    """Made once: to know that its time zone exists takes longer than many a test."""
    return Brand(name=BRAND, handles=("@northwind",), time_zone="America/Toronto")


def settings(**web: Any) -> Settings:
    return Settings(
        brand=_brand(),
        web=Web(**web),
        responder=Responder(),
    )


def inspect(candidate: Candidate) -> tuple[Finding, ...]:
    """A small real gate: too long for the platform, and money nobody promised."""
    found = []
    length = measure(candidate.platform, candidate.reply)
    if length.length > length.limit:
        found.append(
            Finding(check="length", level=Level.BLOCK, start=length.limit, end=len(candidate.reply),
                    message=f"Too long by {length.length - length.limit}. Shorten it.")
        )  # fmt: skip
    at = candidate.reply.find("$")
    if at >= 0:
        found.append(
            Finding(
                check="figures",
                level=Level.BLOCK,
                start=at,
                end=at + 1,
                message="No amount stands in the fact sheet. Take it out.",
            )
        )
    return tuple(found)


def deps(store: Store, *, clock: Callable[[], datetime] | None = None, **changes: Any) -> Deps:
    """What ``create_app`` needs, with a console route for every platform."""
    values: dict[str, Any] = {
        "store": store,
        "settings": settings(),
        "clock": clock or Clock(),
        "inspect": inspect,
        "route": lambda platform: Route(publisher="console", account="console"),
        "readiness": lambda: [Check("database", True, "ok")],
    }
    values |= changes
    values["settings"] = _with_its_own_page(values["settings"], store)
    return Deps(**values)


def _with_its_own_page(settings: Settings, store: Store) -> Settings:
    """The public page of a test lies beside its database, not in the directory that tests are started in."""
    if settings.status_page.folder:
        return settings
    folder = Path(store.engine.url.database or ".").parent / "status"
    return settings.model_copy(update={"status_page": StatusPage(folder=str(folder))})
