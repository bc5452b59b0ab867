"""Replies of the playbook that approvers changed in the same way, approved for real."""

from core.domain import FactSheet, Impact, Stage, Voice, Written
from core.settings import Responder
from core.store.mentions import MentionRow
from incidents.journey import load
from responder import approval
from responder.approval import Actor, Route
from responder.drawn import drawn
from responder.writers import Brief
from responder.writers.playbook import PlaybookWriter
from tests.factories import Clock, Database, inspect, settings

SAID = "@northwind down again, this is the second outage"
LINE, BEFORE = "ack.again", "Another time is one too many."
AFTER = "It failed you before, and now it has failed you again."
JOURNEY = load()
SHEET = FactSheet(brand=Voice(name="Northwind", handles=("@northwind",)))


def written(database: Database, mention_id: int, sheet: FactSheet = SHEET) -> Written:
    """A reply that says BEFORE: the playbook's phrasings are tried until one does."""
    with database.store.read() as db:
        reading = db.get_one(MentionRow, mention_id).reading
    assert reading is not None
    value = reading.value()
    for number in range(200):
        brief = Brief(
            mention_id=f"{mention_id}:{number}", platform="x", author="sam", text=SAID, language="en", reading=value,
            plan=JOURNEY.plan(Stage.ANGER, Impact.WORK, sheet), sheet=sheet, now=database.clock(), limit=280,
        )  # fmt: skip
        found = PlaybookWriter().write(brief)
        if BEFORE in found.text:
            return found
    raise AssertionError(f"no reply says {BEFORE!r}")


def change(database: Database, clock: Clock, editor: str, number: int, after: str = AFTER) -> int:
    """One customer's draft, with BEFORE made to AFTER by ``editor``, and approved; returns the draft."""
    mention = database.mention(SAID, author=f"c{number}")
    reply = written(database, mention)
    row = drawn(
        reply, (), SHEET, mention_id=mention, incident_id=None, writer="playbook", priority=1,
        waiting_since=clock(), now=clock(),
    )  # fmt: skip
    draft = database._add(row)
    who = Actor(_user(database, editor), editor, "approver")
    text = reply.text.replace(BEFORE, after)
    approval.edit(
        database.store, draft_id=draft, version=1, text=text, actor=who, brand=settings().brand, inspect=inspect,
        clock=clock,
    )  # fmt: skip
    approval.approve(
        database.store, draft_id=draft, version=2, text=text, actor=who, clock=clock,
        route=lambda _: Route("console", "northwind"), responder=Responder(undo_seconds=0),
    )  # fmt: skip
    return draft


def _user(database: Database, name: str) -> int:
    from core.store import users

    with database.store.read() as db:
        known = users.by_name(db, name)
    return known.id if known else database.user(name)
