"""Alarms on their way: real apprise, real HTTP and SMTP on loopback."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from core.domain.alarm import Alarm, AlarmKind
from core.errors import ConfigError, Transient
from core.sections import Alerts
from core.store import alerts
from core.store.alerts import AlarmRow
from incidents import notifying
from incidents.alerts import acknowledge
from incidents.channels import Channel
from incidents.channels.apprise import channels_of
from tests.factories import BRAND, Clock, Database
from tests.fakes.server import Answer, FakeServer, Request
from tests.fakes.smtp import FakeMail

ADDRESS = "https://amends.northwind.example"


class Hook(FakeServer):
    """Takes whatever is posted."""

    def answer(self, request: Request) -> Answer:
        return Answer(200, {"ok": True})

    @property
    def titles(self) -> list[str]:
        return [request.json()["title"] for request in self.requests]


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as server:
        yield server


@pytest.fixture
def mail() -> Iterator[FakeMail]:
    with FakeMail() as server:
        yield server


def channels(*addresses: str) -> Sequence[Channel]:
    return channels_of(Alerts(urls=SecretStr("\n".join(addresses))))


def web(hook: Hook, path: str = "secret-token-1") -> str:
    return f"json://{hook.url.removeprefix('http://')}/{path}"


def post(mail: FakeMail) -> str:
    return f"mailto://127.0.0.1:{mail.port}?from=amends@northwind.example&to=lead@northwind.example&mode=insecure"


def raise_one(database: Database, subject: str = "incident:3", kind: AlarmKind = AlarmKind.UPDATE,
              title: str = "Promised update is overdue: Mobile data") -> int:  # fmt: skip
    alarm = Alarm(kind=kind, subject=subject, title=title, body="Say what is known.", path="/incidents/3")
    with database.store.begin() as db:
        made = alerts.add(db, BRAND, alarm, number=1, again=0, now=database.clock())
    assert made
    return made


def send(database: Database, to: Sequence[Channel]) -> Counter[str]:
    return notifying.send_due(database.store, to, brand=BRAND, address=ADDRESS, clock=database.clock)


def row(database: Database, number: int) -> AlarmRow:
    with database.store.read() as db:
        return db.get_one(AlarmRow, number)


def test_an_alarm_reaches_a_webhook_and_a_mailbox_once_with_its_link(
    any_database: Database, hook: Hook, mail: FakeMail
) -> None:
    number = raise_one(any_database)
    both = channels(web(hook), post(mail))
    assert send(any_database, both) == {"sent": 1}
    assert send(any_database, both) == {}
    (request,) = hook.requests
    assert request.json()["title"] == f"[{BRAND}] Promised update is overdue: Mobile data"
    assert request.json()["message"].startswith(f"Say what is known.\n{ADDRESS}/incidents/3")
    (letter,) = mail.letters
    assert letter["to"] == "lead@northwind.example"
    assert f"{ADDRESS}/incidents/3" in letter.as_string().replace("=\n", "")
    assert (row(any_database, number).status, row(any_database, number).attempts) == ("sent", 1)


def test_a_failed_channel_is_tried_again_and_the_others_are_not_told_twice(
    any_database: Database, clock: Clock, hook: Hook
) -> None:
    with Hook() as flaky:
        number, both = raise_one(any_database), channels(web(hook), web(flaky))
        flaky.fail("status", status=503, times=2)
        assert send(any_database, both) == {"failed": 1}
        kept = row(any_database, number)
        assert kept.not_before == clock() + timedelta(seconds=30)
        assert kept.problem.startswith("JSON (2): ")
        assert send(any_database, both) == {}  # its back-off runs
        clock.forward(seconds=31)
        assert send(any_database, both) == {"failed": 1}
        assert row(any_database, number).not_before == clock() + timedelta(seconds=60)
        clock.forward(seconds=61)
        assert send(any_database, both) == {"sent": 1}
        assert (len(hook.requests), len(flaky.requests)) == (1, 3)


def test_a_mail_server_that_refuses_is_a_failure_with_a_reason(mail: FakeMail) -> None:
    mail.refuse = 1
    with pytest.raises(Transient, match="failed"):
        channels(post(mail))[0].send("a", "b", urgent=True)
    assert mail.letters == []


def test_a_crash_before_the_call_loses_nothing(any_database: Database, clock: Clock, hook: Hook) -> None:
    """The process died between claiming and calling."""
    number = raise_one(any_database)
    with any_database.store.begin() as db:
        found = db.get_one(AlarmRow, number)
        assert alerts.move(db, found, to=notifying.AlarmStatus.SENDING, attempts=1, started_at=clock())
    assert send(any_database, channels(web(hook))) == {}  # it may still be in somebody's hands
    clock.forward(minutes=6)
    assert send(any_database, channels(web(hook))) == {"sent": 1}
    assert len(hook.requests) == 1


class Dies:
    """A channel at which the process ends."""

    key, name = "dies", "Dies"

    def send(self, title: str, body: str, *, urgent: bool) -> None:
        raise KeyboardInterrupt


def test_a_crash_between_two_channels_does_not_tell_the_first_again(
    any_database: Database, clock: Clock, hook: Hook, mail: FakeMail
) -> None:
    raise_one(any_database)
    first, second = channels(web(hook), post(mail))
    with pytest.raises(KeyboardInterrupt):
        send(any_database, [first, Dies()])
    clock.forward(minutes=6)
    assert send(any_database, [first, second]) == {"sent": 1}
    assert (len(hook.requests), len(mail.letters)) == (1, 1)


def test_two_senders_at_once_send_once(any_database: Database, clock: Clock, hook: Hook) -> None:
    raise_one(any_database)
    with any_database.store.read() as db:
        (seen,) = alerts.due(db, BRAND, clock(), cut_off=notifying.CALL)
    assert len(notifying._claim(any_database.store, [seen], clock())) == 1
    assert notifying._claim(any_database.store, [seen], clock()) == []
    assert send(any_database, channels(web(hook))) == {}


def test_many_at_once_are_one_message_and_the_next_waits_a_minute(
    any_database: Database, clock: Clock, hook: Hook
) -> None:
    to = channels(web(hook))
    for number in range(12):
        raise_one(any_database, f"case:{number}", AlarmKind.SAFETY, "A customer on X may be in danger")
    assert send(any_database, to) == {"sent": 12}
    assert hook.titles == [f"[{BRAND}] 12 alarms: A customer on X may be in danger"]
    assert "And 2 more" in hook.requests[0].json()["message"]
    raise_one(any_database, "case:99", AlarmKind.SAFETY)
    raise_one(any_database, "incident:3", AlarmKind.UPDATE)
    assert send(any_database, to) == {"sent": 1}  # another kind does not wait for this one
    clock.forward(seconds=61)
    assert send(any_database, to) == {"sent": 1}


def test_without_a_channel_it_waits_on_the_page_and_who_took_it_on_needs_no_message(
    any_database: Database, clock: Clock, hook: Hook
) -> None:
    number = raise_one(any_database)
    assert send(any_database, ()) == {}
    acknowledge(any_database.store, brand=BRAND, alarm_id=number, actor="Lena", clock=clock)
    assert send(any_database, channels(web(hook))) == {}
    assert row(any_database, number).status == "raised"


def test_after_a_day_of_failing_it_gives_up_and_says_why(any_database: Database, clock: Clock, hook: Hook) -> None:
    number, to = raise_one(any_database), channels(web(hook))
    hook.fail("status", times=10_000)
    tries = 0
    for _ in range(26 * 60):
        tries += send(any_database, to)["failed"]
        clock.forward(minutes=1)
    kept = row(any_database, number)
    assert (kept.status, kept.not_before) == ("failed", None)
    assert kept.attempts == tries < 110


def test_no_reason_ever_holds_a_secret(any_database: Database, hook: Hook) -> None:
    number = raise_one(any_database)
    dead = "json://amends:hunter2hunter2@127.0.0.1:1/T0K3N-of-the-hook?+X-Key=header-secret"
    assert send(any_database, channels(dead)) == {"failed": 1}
    kept = row(any_database, number)
    assert kept.problem
    for secret in ("hunter2", "T0K3N", "header-secret"):
        assert secret not in kept.problem + str(kept.reached)


def test_an_address_that_cannot_be_read_is_named_by_its_place_only() -> None:
    with pytest.raises(ConfigError, match=r"alerts\.urls: address 2 cannot be read") as caught:
        channels("json://127.0.0.1:9", "slack://not-a-token-of-slack")
    assert "not-a-token" not in str(caught.value)


def test_two_addresses_that_differ_in_their_secret_are_two_channels(hook: Hook) -> None:
    first, second = channels(f"json://amends:one-secret@{hook.url[7:]}/", f"json://amends:two-secret@{hook.url[7:]}/")
    assert first.key != second.key


def test_markup_of_a_title_is_not_obeyed_in_mail(any_database: Database, mail: FakeMail) -> None:
    (channel,) = channels(post(mail))
    channel.send("A <b>bold</b> title", "<img src=x> & https://a.example/?a=1&b=2", urgent=True)
    html = mail.letters[0].get_body(("html",))
    assert html is None or "<img src=x>" not in html.get_content()


def test_a_refusal_is_told_as_transient(hook: Hook) -> None:
    (channel,) = channels(web(hook))
    hook.fail("status", status=403)
    with pytest.raises(Transient, match="403"):
        channel.send("a", "b", urgent=False)


def test_everything_that_is_raised_is_sent_in_the_end(any_database: Database, clock: Clock, hook: Hook) -> None:
    """Many alarms over a flaky line: each arrives at least once, and those that were taken are not sent again."""
    to = channels(web(hook))
    numbers = [
        raise_one(any_database, f"promise:{number}", AlarmKind.PROMISE, f"Promise {number}") for number in range(6)
    ]
    hook.fail("reset", times=2)
    for _ in range(10):
        send(any_database, to)
        clock.forward(minutes=1)
    with any_database.store.read() as db:
        found = db.scalars(select(AlarmRow).where(AlarmRow.id.in_(numbers))).all()
    assert {kept.status for kept in found} == {"sent"}
    assert len(hook.requests) == 3
