"""The alarms page, over HTTP."""

from pathlib import Path

from pydantic import SecretStr

from core.domain.alarm import Alarm, AlarmKind, AlarmStatus
from core.sections import Alerts
from core.store import alerts
from core.store.alerts import AlarmRow
from tests.dashboards.visiting import Visitor, visit, words
from tests.factories import BRAND, settings


def raise_one(visitor: Visitor, kind: AlarmKind = AlarmKind.UPDATE, title: str = "Promised update is overdue") -> int:
    alarm = Alarm(kind=kind, subject=title, title=title, body="Say what is known.", path="/incidents/1")
    with visitor.deps.store.begin() as db:
        return alerts.add(db, BRAND, alarm, number=1, again=0, now=visitor.clock()) or 0


def test_the_most_urgent_stands_first(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    raise_one(visitor, AlarmKind.SOURCE, "Source x does not answer")
    raise_one(visitor, AlarmKind.SAFETY, "A customer on X may be in danger")
    html = visitor.get("/alarms").text
    assert html.index("may be in danger") < html.index("does not answer")
    assert "No channel is set up" in words(html)


def test_taking_one_on_moves_it_and_the_second_is_told(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "approver")
    number = raise_one(visitor)
    assert visitor.post(f"/alarms/{number}/acknowledge").headers["location"] == "/alarms"
    assert "Lena took it on" in words(visitor.get("/alarms").text)
    answer = visitor.post(f"/alarms/{number}/acknowledge")
    assert answer.status_code == 409
    assert "Somebody took this alarm on meanwhile" in answer.text


def test_a_viewer_looks_only(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "viewer")
    number = raise_one(visitor)
    assert "Take on" not in visitor.get("/alarms").text
    assert visitor.post(f"/alarms/{number}/acknowledge").status_code == 403


def test_an_alarm_that_is_none_is_not_found(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    assert visitor.post("/alarms/x/acknowledge").status_code == 404
    assert visitor.post("/alarms/77/acknowledge").status_code == 409


def test_how_far_the_message_got_is_said_without_the_address(tmp_path: Path) -> None:
    secret = Alerts(urls=SecretStr("json://hook.example/T0K3N"))
    visitor = visit(tmp_path, settings=settings().model_copy(update={"alerts": secret}))
    number = raise_one(visitor, title="<script>alert(1)</script>")
    assert "Message waits" in visitor.get("/alarms").text
    with visitor.deps.store.begin() as db:
        row = db.get_one(AlarmRow, number)
        row.status, row.problem, row.not_before = AlarmStatus.FAILED.value, "JSON (1): no answer", None
    html = visitor.get("/alarms").text
    assert "Message not delivered: JSON (1): no answer. It is not tried any more." in words(html)
    assert "T0K3N" not in html
    assert "<script>alert" not in html


def in_danger(visitor: Visitor, count: int, incident: int | None) -> list[int]:
    """An alarm for each of so many customers of an incident."""
    made = []
    for number in range(count):
        case = visitor.rows.case(f"kim{number}{incident}", incident_id=incident)
        alarm = Alarm(
            kind=AlarmKind.SAFETY, subject=f"case:{case}", title="A customer on X may be in danger",
            body="Posted 2026-11-20T14:05:50+00:00. A reply waits.", path="/queue?draft=1",
        )  # fmt: skip
        with visitor.deps.store.begin() as db:
            made.append(alerts.add(db, BRAND, alarm, number=1, again=0, now=visitor.clock()) or 0)
    return made


def test_one_outage_fills_one_line_of_each_kind(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "approver")
    first, second = visitor.rows.incident(title="Calls down"), visitor.rows.incident(title="Voicemail")
    many, few = in_danger(visitor, 12, first), in_danger(visitor, 1, second)
    raise_one(visitor, AlarmKind.UPDATE)
    said = words(visitor.get("/alarms").text)
    assert "12 customers may be in danger" in said
    assert "Take on all 12" in said
    assert said.count("One by one") == 1
    assert visitor.post("/alarms/acknowledge", ids=",".join(map(str, many))).headers["location"] == "/alarms"
    said = words(visitor.get("/alarms").text)
    open_now, _, past = said.partition("Taken on, or over")
    assert "12 customers" not in open_now
    assert "A customer on X may be in danger" in open_now
    assert "12 customers may be in danger · Calls down" in past
    assert "Lena took 12 on" in past
    assert visitor.post("/alarms/acknowledge", ids=",".join(map(str, many))).status_code == 409
    assert visitor.post("/alarms/acknowledge", ids=f"x,{'9' * 30},{few[0]}").status_code == 303


def test_times_are_those_of_the_brand_with_the_exact_one_on_hover(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    in_danger(visitor, 1, None)
    html = visitor.get("/alarms").text
    assert "Posted Fri 20 Nov, 09:05 EST . A reply waits." in words(html)
    assert 'title="Fri 20 Nov 2026, 09:05:50 EST"' in html
    assert "+00:00. A reply" not in html


def test_who_acts_on_danger_reads_the_post_and_opens_it(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "approver")
    number = visitor.rows.mention("My mother is alone <b>& cannot call</b>", url="https://x.example/kim/1")
    alarm = Alarm(
        kind=AlarmKind.SAFETY, subject=f"mention:{number}", occasion=str(number), path="/alarms",
        title="A customer on X may be in danger", body="No reply is drafted: open the post and act.",
    )  # fmt: skip
    with visitor.deps.store.begin() as db:
        alerts.add(db, BRAND, alarm, number=1, again=0, now=visitor.clock())
    html = visitor.get("/alarms").text
    assert "My mother is alone &lt;b&gt;&amp; cannot call&lt;/b&gt;" in html
    assert 'href="https://x.example/kim/1"' in html
