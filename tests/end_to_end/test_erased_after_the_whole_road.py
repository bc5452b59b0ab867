"""A customer whose post went the whole road, through the product's own use cases, is erased without a trace."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from classifier.score import score_new
from core.domain import Eligibility, Gone, IncidentStatus, Mention, Reading
from core.domain import Platform as Platforms
from core.errors import Conflict
from core.sections import Alerts, Department
from core.settings import Brand, Responder
from core.store import Store, audit_check, erasing
from core.store.audit import sealer_of
from core.store.deliveries import DeliveryRow
from core.store.drafts import DraftRow
from core.store.feedback import FeedbackRow
from core.store.mentions import MentionRow, ReadingRow
from core.store.promises import PromiseRow
from incidents import alerts, feedback, promise_finding, promise_following
from incidents.journey import load as load_journey
from incidents.lifecycle import open_incident
from incidents.watching import Watched
from listener.poll import poll
from listener.sources import Page
from responder import approval, desk
from responder.approval import Actor, Route
from responder.drafting import Drafting, draft_pending
from responder.feedback_replies import draft_results
from responder.followups import draw_follow_ups
from responder.gate.registry import inspect
from responder.looking_back import look_back
from responder.relabel import labels_of, relabel
from responder.sending import send_due
from responder.writers.playbook import PlaybookWriter
from tests.core.test_erasing import AUTHOR, NAME, NUMBER, TRACES, WORD, bytes_of, traces
from tests.factories import BRAND as NAMED
from tests.factories import Clock, Database, seal
from tests.responder.test_looking_back import Showing

BRAND = Brand(name=NAMED, handles=("@northwind",), languages=("en",), time_zone="America/Toronto")
ASKED = f"@northwind no data at all since 9, my {WORD} shop stands still, when is it back?"
PROMISED = f"We are sorry. We will credit your account for the {WORD} shop by tomorrow."


class Source:
    """One platform that shows one post again and again, edited a little each time."""

    name = "test"

    def __init__(self, clock: Clock) -> None:
        self.clock, self.passes, self.at = clock, 0, clock()

    def fetch(self, cursor: object) -> Iterator[Page]:
        self.passes += 1
        yield Page((Mention(
            platform=Platforms.X, external_id="777", author=AUTHOR, author_id=NUMBER, author_name=NAME,
            text=ASKED + "!" * self.passes, url=f"https://x.example/{AUTHOR}/{WORD}", created_at=self.at,
            eligible=Eligibility.TAGGED, named=(AUTHOR,), followers=12,
        ),), {"passes": self.passes})  # fmt: skip

    def check(self) -> str:
        return "in memory"


class Model:
    """Reads every post as a furious report of an outage that also suggests something."""

    name = "bundled@test"

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def read(self, texts: list[str], languages: object) -> list[Reading]:
        return [self.reading for _ in texts]


@dataclass
class Road:
    database: Database
    clock: Clock

    def __post_init__(self) -> None:
        self.store: Store = self.database.store
        self.source, self.platform = Source(self.clock), Showing(self.clock)
        self.ana = Actor(self.database.user("Ana"), "Ana", "approver")
        self.drafting = Drafting(
            store=self.store, brand=BRAND, journey=load_journey(), writer=PlaybookWriter(languages=BRAND.languages),
            inspect=inspect, clock=self.clock,
        )  # fmt: skip

    def heard(self) -> dict[str, int]:
        return dict(poll(
            self.source, store=self.store, brand=NAMED, handles=BRAND.handles, wanted=lambda _: True, clock=self.clock
        ))  # fmt: skip

    def read(self) -> None:
        said = self.database.reading() | {"intents": ["outage_report", "status_question", "suggestion"]}
        example = ReadingRow(**said, mention_id=0).value()
        score_new(Model(example), store=self.store, clock=self.clock)
        feedback.route_new(self.store, brand=NAMED, departments={"shops": Department(words=(WORD,))}, clock=self.clock)

    def drafted(self) -> DraftRow:
        open_incident(
            self.store, brand=NAMED, title="Mobile data outage", status=IncidentStatus.IDENTIFIED,
            started_at=self.clock() - timedelta(hours=1), next_update_at=None, components=("mobile data",),
            regions=("Ontario",), links=(), facts={"cause": "A change we made overnight stopped part of our network."},
            actor="Lena", clock=self.clock,
        )  # fmt: skip
        draft_pending(self.drafting)
        with self.store.read() as db:
            return db.query(DraftRow).filter_by(status="waiting").one()

    def worked_on(self, draft: DraftRow) -> None:
        case = {"draft_id": draft.id, "actor": self.ana, "clock": self.clock}
        desk.note(self.store, text=f"{AUTHOR} called about the {WORD}", **case)
        desk.escalate(self.store, reason=f"the {WORD} again", **case)
        desk.snooze(self.store, until=None, **case)
        edited = approval.edit(self.store, version=draft.version, text=PROMISED, brand=BRAND, inspect=inspect, **case)
        with self.store.read() as db:
            labels = labels_of(db.get_one(MentionRow, draft.mention_id))
        relabel(
            self.store, mention_id=draft.mention_id, seen=0, labels=replace(labels, angry=False), actor=self.ana,
            clock=self.clock,
        )  # fmt: skip
        assert edited.text == PROMISED

    def approved(self, draft: DraftRow) -> None:
        with self.store.begin() as db:  # what the gate says of it is not what this is about
            row = db.get_one(DraftRow, draft.id)
            row.passed, version = True, row.version
        approval.approve(
            self.store, draft_id=draft.id, version=version, text=PROMISED, actor=self.ana, clock=self.clock,
            route=lambda _: Route(self.platform.name, "northwind"), responder=Responder(undo_seconds=0),
        )  # fmt: skip

    def sent(self) -> None:
        send_due(self.store, {"platform": self.platform}, clock=self.clock)
        self.platform.kept["1"] = PROMISED + " Edited."  # what stands there now is noted in the audit
        self.clock.forward(seconds=30)
        look_back(self.store, {"platform": self.platform}, clock=self.clock)

    def later(self) -> None:
        """The promise is found, runs out and alarms."""
        promise_finding.collect(self.store, brand=BRAND, clock=self.clock)
        self.clock.forward(days=3)
        self.watched()

    def watched(self) -> None:
        promise_following.watch(self.store, brand=BRAND, clock=self.clock)
        alerts.watch(self.store, Watched(brand=NAMED, alerts=Alerts(), sources={}), clock=self.clock)

    def erased(self) -> dict[str, int]:
        with self.store.begin() as db:
            wanted = erasing.ids(db, erasing.Wanted(platform="x", author=AUTHOR))
            return dict(erasing.erase(db, wanted, why=Gone.ERASED, actor="Lena", now=self.clock()))

    def everything_once_more(self) -> None:
        """Every job that could bring words back."""
        assert self.heard() == {"known": 1}
        self.read()
        draft_pending(self.drafting)
        send_due(self.store, {"platform": self.platform}, clock=self.clock)
        look_back(self.store, {"platform": self.platform}, clock=self.clock)
        promise_finding.collect(self.store, brand=BRAND, clock=self.clock)
        self.watched()
        draw_follow_ups(self.drafting)
        draft_results(self.drafting)


@pytest.fixture
def road(any_database: Database, clock: Clock, tmp_path: Path) -> Road:
    seal(any_database.store, tmp_path, clock)
    road = Road(any_database, clock)
    assert road.heard() == {"new": 1}
    road.read()
    return road


def test_who_was_answered_is_erased_and_no_job_brings_them_back(road: Road, tmp_path: Path) -> None:
    draft = road.drafted()
    road.worked_on(draft)
    road.approved(draft)
    road.sent()
    road.later()
    with road.store.read() as db:
        assert (db.query(FeedbackRow).count(), db.query(PromiseRow).count()) == (1, 1), "it did go the whole road"
    assert {"audit.detail", "case_notes.text", "deliveries.text", "feedback.why", "promise_words.sentence"} <= {
        *traces(road.store)
    }
    done = road.erased()
    assert (done["posts"], done["replies"], done["notes"]) == (1, 1, 1)
    assert traces(road.store) == []
    road.everything_once_more()
    assert traces(road.store) == []
    with road.store.read() as db:
        assert audit_check.verify(db, sealer_of(db)).problem == ""
    assert erasing.settle(road.store, whole=False)
    assert [trace for trace in TRACES if trace.encode() in bytes_of(tmp_path)] == []


def test_what_was_approved_does_not_go_out_and_nobody_approves_again(road: Road) -> None:
    draft = road.drafted()
    road.worked_on(draft)
    road.approved(draft)
    road.erased()
    road.everything_once_more()
    with pytest.raises(Conflict):
        road.approved(draft)
    with pytest.raises(Conflict):
        approval.undo(road.store, draft_id=draft.id, actor=road.ana, clock=road.clock)
    assert road.platform.posts == []
    with road.store.read() as db:
        assert [(row.status, row.text) for row in db.query(DeliveryRow)] == [("refused", "")]
    assert traces(road.store) == []
