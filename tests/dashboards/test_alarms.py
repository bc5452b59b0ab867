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
