"""A queue, a sender and a platform that fails, moved about at random; after each step nothing may have gone wrong.

The machine keeps its own books of what was approved and taken back, and never asks the product about them.
"""

import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.domain import DeliveryStatus, Target
from core.errors import Conflict, InputError, Refused
from core.settings import Responder
from core.store import deliveries, open_store
from core.store.cases import CaseRow
from core.store.deliveries import DeliveryRow
from core.store.drafts import DraftRow
from core.store.incidents import IncidentRow
from core.store.mentions import MentionRow
from core.store.users import UserRow
from responder import approval, switching
from responder.approval import Actor, Route
from responder.publishers import Published
from responder.sending import send_due
from tests.factories import Clock, Database, empty_file, inspect, settings
from tests.responder.memory_platform import Fault, Platform

UNDO, HOURS, CUSTOMERS = 10, 24, 3
LEAD = Actor(0, "Lena", "lead")
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00$"), min_size=1, max_size=40)


class Killed(BaseException):
    """The process ends here: nothing after it runs, no handler sees it."""


@dataclass
class Mortal(Platform):
    """A platform in whose calls our process can be killed."""

    kill_before: bool = False
    kill_after: bool = False

    def publish(self, text: str, target: Target, *, key: str) -> Published:
        if self.kill_before:
            self.kill_before = False
            raise Killed
        published = super().publish(text, target, key=key)
        if self.kill_after:
            self.kill_after = False
            raise Killed
        return published


@dataclass
class Standing:
    """An approval as the approver remembers it."""

    text: str
    release_at: datetime
    expires_at: datetime
    facts: int


@dataclass
class Books:
    """What people did, by target: approvals that stand, customers who asked us to stop, how often facts changed."""

    standing: dict[str, Standing] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    facts: int = 1
    judged: int = 0  # posts that were looked at
    off: bool = False  # the master switch
    posts_then: int = 0  # when it was last moved


class Sending(RuleBasedStateMachine):
    """Each example begins with an empty migrated database."""

    steps: int = 0  # over all examples, for the table of figures

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        file = Path(self.folder.name) / "amends.db"
        shutil.copy(empty_file(), file)
        self.url = f"sqlite:///{file}"
        self.clock, self.books = Clock(), Books()
        self.rows = Database(open_store(self.url), self.clock)
        self.platform = Mortal(self.clock)
        self.actor = Actor(_user(self.rows), "Ana", "approver")
        self.incident = self.rows.incident()
        self.drafts = [self._draft() for _ in range(CUSTOMERS)]
        self.seen: dict[int, tuple[int, str]] = {}

    def teardown(self) -> None:
        self.platform.faults.clear()
        self.platform.blind = False
        if self.books.off:
            self.switch()
        for _ in range(14):
            self._pass()
            self.clock.forward(seconds=120)
        self.everything_ended_truly()
        self.rows.store.close()
        self.folder.cleanup()

    # What people do

    @rule(number=st.integers(0, CUSTOMERS - 1))
    def look(self, number: int) -> None:
        """Somebody opens a draft; what they decide later rests on what they saw now."""
        row = self._row(number)
        self.seen[number] = (row.version, row.text)

    @rule(number=st.integers(0, CUSTOMERS - 1), text=TEXTS)
    def edit(self, number: int, text: str) -> None:
        version, _ = self.seen.get(number, (1, ""))
        try:
            approval.edit(
                self.rows.store, draft_id=self.drafts[number], version=version, text=text, actor=self.actor,
                brand=settings().brand, inspect=inspect, clock=self.clock,
            )  # fmt: skip
        except (Conflict, InputError):
            return
        assert not self._stands(number), "an edit got through while an approval stood"

    @rule(number=st.integers(0, CUSTOMERS - 1), fresh=st.booleans())
    def approve(self, number: int, fresh: bool) -> None:
        """From what is on the screen, which may be old, or from what stands there now."""
        row = self._row(number)
        version, text = (row.version, row.text) if fresh else self.seen.get(number, (1, "We are on it."))
        try:
            approval.approve(
                self.rows.store, draft_id=row.id, version=version, text=text, actor=self.actor, clock=self.clock,
                route=lambda _: Route("platform", "northwind"),
                responder=Responder(undo_seconds=UNDO, approval_hours=HOURS),
            )  # fmt: skip
        except (Conflict, Refused):
            return
        assert text == row.text, "a text was approved that does not stand there"
        now = self.clock()
        self.books.standing[self._target(number)] = Standing(
            text, now + timedelta(seconds=UNDO), now + timedelta(hours=HOURS), self.books.facts
        )

    @rule(number=st.integers(0, CUSTOMERS - 1))
    def undo(self, number: int) -> None:
        try:
            approval.undo(self.rows.store, draft_id=self.drafts[number], actor=self.actor, clock=self.clock)
        except Conflict:
            return
        self.books.standing.pop(self._target(number), None)

    @rule(number=st.integers(0, CUSTOMERS - 1))
    def reject(self, number: int) -> None:
        version, _ = self.seen.get(number, (1, ""))
        try:
            approval.reject(
                self.rows.store, draft_id=self.drafts[number], version=version, reason="no", actor=self.actor,
                clock=self.clock,
            )  # fmt: skip
        except Conflict:
            return
        assert not self._stands(number), "an approved reply was rejected"
        self.drafts[number] = self._draft()  # another customer takes the place

    @rule(number=st.integers(0, CUSTOMERS - 1))
    def customer_says_stop(self, number: int) -> None:
        self.books.stopped.add(self._target(number))
        with self.rows.store.begin() as db:
            mention = db.get_one(MentionRow, db.get_one(DraftRow, self.drafts[number]).mention_id)
            db.get_one(CaseRow, mention.case_id).opted_out_at = self.clock()

    @rule()
    def facts_change(self) -> None:
        self.books.facts += 1
        with self.rows.store.begin() as db:
            db.get_one(IncidentRow, self.incident).sheet_version = self.books.facts
            for draft in self.drafts:  # what is waiting is drawn again from the new facts
                row = db.get_one(DraftRow, draft)
                if row.status == "waiting":
                    row.sheet_version, row.version = self.books.facts, row.version + 1

    @precondition(lambda self: self._unknown())
    @rule()
    def settle_truly(self) -> None:
        """A person looks at the platform and says what is there."""
        delivery = self._unknown()[0]
        there = any(post.target == delivery.target_id for post in self.platform.posts)
        approval.settle(self.rows.store, delivery_id=delivery.id, sent=there, actor=self.actor, clock=self.clock)
        self.books.standing.pop(delivery.target_id, None)

    @rule(number=st.integers(0, CUSTOMERS - 1), fault=st.sampled_from(list(Fault)))
    def approve_and_let_go(self, number: int, fault: Fault) -> None:
        """The usual road, so that a walk gets to its end often enough."""
        self.approve(number, fresh=True)
        self.clock.forward(seconds=UNDO)
        self.send(fault, "", 1)
        self.every_post_was_approved_and_was_due()

    # What the machine does

    @rule(
        fault=st.sampled_from(list(Fault)),
        kill=st.sampled_from(["", "", "kill_before", "kill_after"]),
        passes=st.integers(1, 2),
    )
    def send(self, fault: Fault, kill: str, passes: int) -> None:
        self.platform.faults = [fault]
        if kill:
            setattr(self.platform, kill, True)
        for _ in range(passes):
            self._pass()
        self.platform.kill_before = self.platform.kill_after = False

    @rule(seconds=st.sampled_from([1, 9, 10, 60, 120, 1000, HOURS * 3600]))
    def time_passes(self, seconds: int) -> None:
        self.clock.forward(seconds=seconds)

    @rule(seconds=st.sampled_from([1, 15, 90]))
    def wait_and_look_again(self, seconds: int) -> None:
        self.clock.forward(seconds=seconds)
        self._pass()

    @rule()
    def switch(self) -> None:
        """The master switch goes off, or on again."""
        if self.books.off:
            switching.on(self.rows.store, scope="all", key="", actor=LEAD, clock=self.clock)
        else:
            switching.off(
                self.rows.store, scope="all", key="", reason="", actor=LEAD, accounts=frozenset(), clock=self.clock
            )
        self.books.off = not self.books.off
        self.books.posts_then = len(self.platform.posts)

    @rule()
    def restart(self) -> None:
        self.rows.store.close()
        self.rows.store = open_store(self.url)

    @rule(blind=st.booleans())
    def timeline_goes_and_comes(self, blind: bool) -> None:
        self.platform.blind = blind

    # What must hold

    @invariant()
    def every_post_was_approved_and_was_due(self) -> None:
        type(self).steps += 1
        if not hasattr(self, "books"):
            return
        for post in self.platform.posts[self.books.judged :]:
            allowed = self.books.standing.get(post.target)
            assert allowed is not None, f"nobody approved {post}"
            assert post.text == allowed.text, f"{post} instead of {allowed.text!r}"
            assert post.at >= allowed.release_at, f"{post} left during the undo time"
            assert post.at < allowed.expires_at, f"{post} left on an approval that had expired"
            assert allowed.facts == self.books.facts, f"{post} rests on facts that changed"
            assert post.target not in self.books.stopped, f"{post} went to somebody who said stop"
        self.books.judged = len(self.platform.posts)

    @invariant()
    def nothing_left_while_the_switch_was_off(self) -> None:
        if hasattr(self, "books") and self.books.off:
            assert len(self.platform.posts) == self.books.posts_then, "sent while sending was switched off"

    @invariant()
    def nobody_was_answered_twice(self) -> None:
        targets = [post.target for post in self.platform.posts] if hasattr(self, "platform") else []
        assert len(targets) == len(set(targets)), f"answered twice: {self.platform.posts}"

    def everything_ended_truly(self) -> None:
        """After a quiet while: nothing is on its way for ever, and what is said of the ends is true."""
        self.every_post_was_approved_and_was_due()
        self.nobody_was_answered_twice()
        posted = {post.target for post in self.platform.posts}
        with self.rows.store.read() as db:
            sent = {row.target_id for row in deliveries.with_status(db, DeliveryStatus.SENT)}
            for status in DeliveryStatus:
                for row in deliveries.with_status(db, status):
                    assert status not in (DeliveryStatus.APPROVED, DeliveryStatus.SENDING), f"{row.target_id} hangs"
                    assert status is not DeliveryStatus.SENT or row.target_id in posted, "marked sent, and not there"
                    # One that was not there may have been approved again, and sent by a later delivery.
                    there = row.target_id in posted - sent
                    assert status is not DeliveryStatus.REFUSED or not there, "refused, and there"

    # How it is done

    def _pass(self) -> None:
        try:
            send_due(self.rows.store, {"platform": self.platform}, clock=self.clock)
        except Killed:
            self.restart()

    def _draft(self) -> int:
        return self.rows.draft(text="We are on it.", incident_id=self.incident, sheet_version=self.books.facts)

    def _row(self, number: int) -> DraftRow:
        with self.rows.store.read() as db:
            return db.get_one(DraftRow, self.drafts[number])

    def _target(self, number: int) -> str:
        return self._row(number).mention.external_id

    def _stands(self, number: int) -> bool:
        """Whether an approval keeps this draft from being changed: not one that ran out, or lost its facts."""
        target = self._target(number)
        known = self.books.standing.get(target)
        return (
            known is not None
            and self.clock() < known.expires_at
            and known.facts == self.books.facts
            and target not in self.books.stopped
        )

    def _unknown(self) -> list[DeliveryRow]:
        if not hasattr(self, "rows"):
            return []
        with self.rows.store.read() as db:
            return list(deliveries.with_status(db, DeliveryStatus.UNKNOWN))


def _user(rows: Database) -> int:
    """An account without a password: hashing one takes longer than everything else here."""
    values: dict[str, Any] = {"name": "Ana", "role": "approver", "password_hash": "none", "disabled_at": None}
    return rows._add(UserRow(**values, created_at=rows.clock()))
