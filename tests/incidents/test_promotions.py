"""The promotions guard: holds by itself, tells schedulers with a signature, and does not end over unanswered anger."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import SecretStr

from core.domain import Eligibility
from core.errors import Conflict, InputError, Refused
from core.sections import Promotions
from core.settings import Brand, Responder
from core.store import audit, promotions
from core.store.incidents import IncidentRow
from core.store.promotions import CallRow, HoldRow
from incidents import promotions as guard
from incidents.promotions import Answered, Asked
from responder import approval
from responder.approval import Actor, Route
from responder.sending import send_due
from tests.factories import BRAND as NAME
from tests.factories import Database
from tests.responder.memory_platform import Platform

BRAND = Brand(name=NAME, time_zone="America/Toronto")
QUIET = Promotions()


def crisis(database: Database, config: Promotions = QUIET) -> int:
    return guard.hold_in_crisis(database.store, brand=BRAND, config=config, clock=database.clock)


def release(database: Database, *, override: str = "", admin: bool = False, config: Promotions = QUIET) -> None:
    guard.release(
        database.store, brand=BRAND, config=config, override=override, actor="Lena", admin=admin, clock=database.clock
    )


def hold(database: Database) -> HoldRow | None:
    with database.store.read() as db:
        return promotions.standing(db, NAME)


def angry(database: Database, incident: int, author: str = "sam", **values: object) -> int:
    case = database.case(author, incident_id=incident)
    return database.mention(case_id=case, author=author, **values)


def test_a_confirmed_incident_holds_once(any_database: Database) -> None:
    made = any_database.incident(status="suspected")
    assert crisis(any_database) == 0, "a suspicion is no crisis"
    with any_database.store.begin() as db:
        db.get_one(IncidentRow, made).status = "investigating"
    assert (crisis(any_database), crisis(any_database)) == (1, 0)
    row = hold(any_database)
    assert row is not None
    assert (row.incident_id, row.began_by, row.reason) == (made, "amends", "Mobile data outage")
    release(any_database)
    assert crisis(any_database) == 0, "what a person released is not held again for the same incident"
    any_database.incident(title="Another")
    assert crisis(any_database) == 1


def test_an_older_alarm_that_is_confirmed_last_holds_too(any_database: Database) -> None:
    older = any_database.incident(status="suspected")
    any_database.incident(status="resolved", title="Newer, and over")
    assert crisis(any_database) == 0
    with any_database.store.begin() as db:
        db.get_one(IncidentRow, older).status = "investigating"
    assert crisis(any_database) == 1


def test_unanswered_anger_keeps_the_hold(any_database: Database) -> None:
    made = any_database.incident()
    crisis(any_database)
    mention = angry(any_database, made)
    angry(any_database, made, "calm", reading={"angry": False})
    angry(any_database, made, "other", reading={"outage": False})
    angry(any_database, made, "stranger", eligible=Eligibility.NONE.value)
    rejected = angry(any_database, made, "decided")
    any_database.draft(rejected, status="rejected")
    with pytest.raises(Refused, match="1 angry post is unanswered"):
        release(any_database)
    with pytest.raises(Refused, match="Give a reason"):
        release(any_database, admin=True)
    with pytest.raises(Refused, match="An admin can"):
        release(any_database, override="it is Christmas")
    assert hold(any_database) is not None
    answer(any_database, mention)
    release(any_database)
    assert hold(any_database) is None


def answer(database: Database, mention: int) -> None:
    draft = database.draft(mention, "That is on us.", facts_used=[], incident_id=1, sheet_version=1)
    approval.approve(
        database.store, draft_id=draft, version=1, text="That is on us.",
        actor=Actor(database.user(), "Ana", "approver"),
        route=lambda _platform: Route("console", "console"), responder=Responder(undo_seconds=0), clock=database.clock,
    )  # fmt: skip
    send_due(database.store, {"console": Platform(database.clock)}, clock=database.clock)


def test_who_wrote_again_after_the_answer_is_unanswered_again(database: Database) -> None:
    made = database.incident()
    crisis(database)
    case = database.case("sam", incident_id=made)
    answer(database, database.mention(case_id=case))
    database.clock.forward(minutes=5)  # type: ignore[attr-defined]
    database.mention("@northwind STILL nothing", case_id=case, created_at=database.clock())
    with pytest.raises(Refused, match="1 angry post"):
        release(database)


def test_an_admin_may_override_and_it_is_on_record(any_database: Database) -> None:
    made = any_database.incident()
    crisis(any_database)
    angry(any_database, made)
    angry(any_database, made, "kim")
    release(any_database, override="a recall notice must go out", admin=True)
    with any_database.store.read() as db:
        [row] = promotions.past(db, NAME)
        newest = audit.newest(db)[0]
    assert (row.override, row.released_by) == ("a recall notice must go out", "Lena")
    assert (newest.action, newest.detail["unanswered"]) == ("promotions.released", 2)


def test_people_hold_with_a_reason_and_only_once(database: Database) -> None:
    way = {"brand": BRAND, "config": QUIET, "actor": "Lena", "clock": database.clock}
    with pytest.raises(InputError, match="why"):
        guard.hold(database.store, reason=" ", **way)
    with pytest.raises(Conflict, match="not on hold"):
        release(database)
    guard.hold(database.store, reason="a price error is going round", **way)
    with pytest.raises(Conflict, match="already"):
        guard.hold(database.store, reason="again", **way)
    release(database)


def test_schedulers_ask_and_what_they_ask_for_is_listed(any_database: Database) -> None:
    ask = {"brand": BRAND, "clock": any_database.clock}
    spring = Asked(promotion="spring-1", title="Spring sale", channel="x", scheduled_at=any_database.clock())
    assert guard.state(any_database.store, asked=spring, **ask)["hold"] is False
    made = any_database.incident()
    crisis(any_database)
    for _ in range(2):
        said = guard.state(any_database.store, asked=spring, **ask)
    assert (said["hold"], said["reason"], said["incident"]) == (True, "Mobile data outage", made)
    row = hold(any_database)
    assert row is not None
    with any_database.store.read() as db:
        assert [(each.promotion, each.title) for each in promotions.held(db, row.id)] == [("spring-1", "Spring sale")]


# --- webhooks ----------------------------------------------------------------------------------------------------

SECRET = "a secret that both sides know"


@dataclass
class Receiver:
    """A scheduler's server: answers what ``answers`` says in turn, then 200; keeps what it got."""

    answers: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    seen = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.got.append((dict(self.headers), body))
            self.send_response(seen.answers.pop(0) if seen.answers else 200)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    seen.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield seen
    server.shutdown()
    server.server_close()
    thread.join(5)


def config(url: str) -> Promotions:
    return Promotions(webhooks=(url,), secret=SecretStr(SECRET))


def calls(database: Database) -> list[CallRow]:
    with database.store.read() as db:
        return list(promotions.calls_of(db, range(1, 9)))


def test_a_hold_and_its_end_are_told_and_signed(any_database: Database, receiver: Receiver) -> None:
    wanted = config(receiver.url)
    any_database.incident()
    crisis(any_database, wanted)
    assert guard.call_due(any_database.store, config=wanted, clock=any_database.clock) == {"sent": 1}
    release(any_database, config=wanted)
    assert guard.call_due(any_database.store, config=wanted, clock=any_database.clock) == {"sent": 1}
    assert guard.call_due(any_database.store, config=wanted, clock=any_database.clock) == {}
    assert [json.loads(body)["event"] for _, body in receiver.got] == ["promotions.hold", "promotions.release"]
    for given, body in receiver.got:
        stamp = given["Amends-Timestamp"]
        expected = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        assert given["Amends-Signature"] == f"v1={expected}"
        assert int(stamp) == int(any_database.clock().timestamp())


def test_a_server_that_is_away_is_tried_again_ever_later(any_database: Database, receiver: Receiver) -> None:
    wanted, clock = config(receiver.url), any_database.clock
    receiver.answers += [500, 302, 429]
    any_database.incident()
    crisis(any_database, wanted)
    waits = []
    for _ in range(3):
        assert guard.call_due(any_database.store, config=wanted, clock=clock) == {"later": 1}
        assert guard.call_due(any_database.store, config=wanted, clock=clock) == {}, "not before its time"
        [row] = calls(any_database)
        waits.append((row.not_before - clock()).total_seconds())
        clock.now = row.not_before  # type: ignore[attr-defined]
    assert waits == [5, 10, 20]
    assert row.problem == "answered 429"
    assert guard.call_due(any_database.store, config=wanted, clock=clock) == {"sent": 1}
    stamps = {given["Amends-Timestamp"] for given, _ in receiver.got}
    assert len(stamps) == 4, "every try is signed anew"
    assert len({body for _, body in receiver.got}) == 1


def test_in_the_end_a_call_is_given_up_and_a_person_may_start_it_again(database: Database) -> None:
    wanted, clock = config("http://127.0.0.1:9/hook"), database.clock
    database.incident()
    crisis(database, wanted)
    for _ in range(guard.TRIES):
        guard.call_due(
            database.store, config=wanted, clock=clock, post=lambda *_: Answered(0, "no answer (ConnectionError)")
        )
        clock.forward(hours=2)  # type: ignore[attr-defined]
    [row] = calls(database)
    assert (row.status, row.attempts, row.problem) == ("failed", guard.TRIES, "no answer (ConnectionError)")
    with database.store.begin() as db:
        assert promotions.call_again(db, NAME, clock()) == 1
    assert guard.call_due(database.store, config=wanted, clock=clock, post=lambda *_: Answered(204)) == {"sent": 1}


def test_a_real_call_to_nobody_is_an_answer_too() -> None:
    assert guard.post_to("http://127.0.0.1:9/hook", b"{}", {}).status == 0


def test_a_hold_that_ended_is_not_told_as_standing(database: Database) -> None:
    wanted = config("http://127.0.0.1:9/hook")
    database.incident()
    crisis(database, wanted)
    release(database, config=wanted)
    told: list[str] = []

    def post(_url: str, body: bytes, _headers: object) -> Answered:
        told.append(json.loads(body)["event"])
        return Answered(200)

    guard.call_due(database.store, config=wanted, clock=database.clock, post=post)
    assert told == ["promotions.release"]
