"""People who write about us on both fake platforms, late and out of order; and whether each post was kept once."""

import time
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from core.store import Store, cursors
from core.store.cases import CaseRow
from core.store.mentions import MentionRow
from tests.crash import worker
from tests.crash.field import Field
from tests.crash.worker import US

SEARCH_ENDS = 31.0  # seconds: X's search leaves out what is younger
MOST_WAITING = 4  # faults that no reader has met yet
READS: dict[str, dict[str, Any]] = {
    "429": {"kind": "status", "status": 429},
    "5xx": {"kind": "status", "status": 503},
    "reset": {"kind": "reset"},
    "unreadable answer": {"kind": "garbage"},
    "answer lost": {"kind": "reset", "after": True},
}


class Crowd:
    """Writes to the fakes of a field; remembers what it wrote. Authors write again and again: they have cases."""

    def __init__(self, field: Field) -> None:
        self.written: set[tuple[str, str]] = set()
        self._field = field
        self._thread = field.reddit.state.submit("mod", "telecom", "Outages", created_at=time.time() - 7200)
        self._seeds = {("reddit", thing) for thing in field.reddit.state.things}  # the opening posts are found too

    def write(self, count: int) -> None:
        """Posts of the last hour, in any order of ids; one in five shows up to a second late."""
        for _ in range(count):
            chance = self._field.chance
            author, text = f"c{chance.randrange(60)}", f"{US} is down again {chance.randrange(10**9)}"
            late = chance.uniform(0, 1) if chance.random() < 0.2 else 0.0
            if chance.random() < 0.5:
                # Created in the first moment that search covers, or before; ids stray by up to a minute.
                at = time.time() - SEARCH_ENDS - chance.uniform(0, 60)
                state = self._field.x.state
                with self._field.x.lock:
                    stray = state.new_id(at + chance.uniform(-60, 60))
                    post = state.add(author, text, created_at=at, late=time.time() - at + late, id=stray)
                self.written.add(("x", post.id))
            else:
                with self._field.reddit.lock:
                    at = time.time() - chance.uniform(0, 60)
                    thing = self._field.reddit.state.comment(
                        author, self._thread, text, created_at=at, late=time.time() - at + late
                    )
                self.written.add(("reddit", thing.name))

    def go_wrong(self, count: int) -> None:
        """So many of the next reads fail, each in a way that is drawn, at any page.

        Nothing more while a few wait for a reader: whoever meets dozens in a row backs off for hours, and rightly.
        """
        chance = self._field.chance
        for _ in range(count if self._waiting() < MOST_WAITING else 0):
            name = chance.choice(list(READS))
            soon = {"x-rate-limit-reset": str(int(time.time()) + 1), "x-ratelimit-reset": "1"}
            headers = {"headers": soon} if READS[name]["kind"] == "status" else {}
            fake = chance.choice([self._field.x, self._field.reddit])
            fake.fail(**READS[name], **headers, method="GET", skip=chance.randrange(4))
            self._field.faults[f"read: {name}"] += 1

    def _waiting(self) -> int:
        return sum(fault.times > 0 for fake in (self._field.x, self._field.reddit) for fault in fake.faults)

    def missing(self, store: Store) -> set[tuple[str, str]]:
        return self.written - set(self._kept(store))

    def unread(self, store: Store) -> set[tuple[str, str]]:
        """What is not in the database of all that stands at the platforms."""
        return (self.written | self._seeds) - set(self._kept(store))

    def calm(self, store: Store) -> None:
        """No fault waits any more, and no back-off: processes that live half a second may meet five faults in a row
        and no answer between, after which a source is rightly left alone for minutes.
        """
        self._field.x.faults.clear()
        self._field.reddit.faults.clear()
        with store.begin() as db:
            for name in ("x", "reddit"):
                cursors.of(db, name).not_before = None

    def kept(self, store: Store) -> int:
        """How many of the written posts are in the database, once or oftener."""
        return len([key for key in self._kept(store) if key in self.written])

    def violations(self, store: Store) -> dict[str, Any]:
        """What was lost, doubled or made up; contacts not counted once a mention; cursors that are none."""
        kept = self._kept(store)
        with store.read() as db:
            contacts = db.scalar(select(func.sum(CaseRow.contacts))) or 0
            empty = db.scalars(select(CaseRow.id).where(CaseRow.contacts == 0)).all()
            notes = {row.source: row.cursor for row in cursors.all_rows(db)}
        found: dict[str, Any] = {
            "lost": self.missing(store),
            "twice": [key for key, count in Counter(kept).items() if count > 1],
            "made up": set(kept) - self.written - self._seeds,
            "contacts": contacts - len(kept),
            "empty cases": list(empty),
            "no cursor": [name for name in ("x", "reddit") if not notes.get(name)],
            "not at rest": self._read_again(store) if not self.missing(store) else [],
            "broken": self._broken(),
        }
        return {name: what for name, what in found.items() if what}

    def _kept(self, store: Store) -> list[tuple[str, str]]:
        with store.read() as db:
            return [
                (row.platform, row.external_id)
                for row in db.execute(select(MentionRow.platform, MentionRow.external_id))
            ]

    def _read_again(self, store: Store) -> list[str]:
        """From the cursor that stands, another look brings nothing new and nothing less."""
        before = len(self._kept(store))
        self.calm(store)
        for source in worker.sources_of(self._field.place):
            worker._poll(source, store, self._field.place)
        after = len(self._kept(store))
        return [] if before == after else [f"{after - before} more"]

    def _broken(self) -> str:
        log = Path(self._field.place.log)
        return log.read_text() if log.exists() else ""
