"""Server time of the pages people live in, with a queue as long as a bad day makes it."""

from datetime import timedelta
from pathlib import Path

from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow, ReadingRow
from dashboards.app import create_app
from tests import factories
from tests.bench.measure import Figure, in_turn, p50_p95
from tests.dashboards.conftest import Browser
from tests.factories import Clock, Database

SHORT, LONG = 1_000, 10_000


def measure(folder: Path) -> list[Figure]:
    few, browser = _queue(folder / "few", SHORT), _queue(folder / "many", LONG)
    short, long = in_turn(lambda: few.get("/queue"), lambda: browser.get("/queue"), 60)
    found = {path: p50_p95(lambda path=path: browser.get(path)) for path in ("/queue", "/queue/list", "/queue/77/pane")}
    draft = iter(range(1, LONG))
    approving = p50_p95(lambda: _approve(browser, next(draft)), 40)
    return [
        Figure(f"queue page, {LONG} waiting drafts against {SHORT}", f"{long / short:.1f} x", is_ratio=True),
        *(Figure(f"{path}, {LONG} waiting drafts, p50 / p95", _both(*both)) for path, both in found.items()),
        Figure("approve (on disk before it is answered), p50 / p95", _both(*approving)),
    ]


def _queue(folder: Path, waiting: int) -> Browser:
    """Somebody signed in to an app with so many waiting drafts."""
    folder.mkdir()
    clock = Clock()
    rows = Database(factories.new_store(folder), clock)
    rows.user("Ana", "approver")
    _fill(rows, waiting)
    browser = Browser(create_app(factories.deps(rows.store, clock=clock)), base_url="http://testserver")
    if browser.log_in("Ana") not in {200, 303}:
        raise RuntimeError("Ana cannot log in")
    return browser


def _both(p50: float, p95: float) -> str:
    return f"{p50:.0f} / {p95:.0f} ms"


def _approve(browser: Browser, draft: int) -> None:
    status, answer = browser.decide(f"/queue/{draft}/approve", version=1, text=_text(draft - 1))
    if status != 200:
        raise RuntimeError(f"approving answered {status}: {answer}")


def _text(number: int) -> str:
    return f"We are sorry: mobile data is down in Ontario. Next update 11:30. ({number})"


def _fill(rows: Database, count: int) -> None:
    """Drafts that wait, in one transaction: through the product it would take minutes."""
    now = rows.clock()
    with rows.store.begin() as db:
        for number in range(count):
            case = CaseRow(
                brand=factories.BRAND, platform="x", author=f"c{number}", contacts=1, opened_at=now, last_at=now
            )
            db.add(case)
            db.flush()
            mention = MentionRow(
                brand=factories.BRAND, source="bench", platform="x", external_id=str(number), author=f"c{number}",
                author_id=str(number), author_name="", text=f"@northwind no data ({number})", url="", community="",
                eligible="tagged", status="drafted", created_at=now - timedelta(seconds=number), fetched_at=now,
                case_id=case.id,
            )  # fmt: skip
            db.add(mention)
            db.flush()
            db.add(ReadingRow(**rows.reading(), mention_id=mention.id))
            db.add(
                DraftRow(
                    mention_id=mention.id,
                    sheet_version=0,
                    status="waiting",
                    text=_text(number),
                    language="en",
                    stage="anger",
                    persona="work",
                    moves=["acknowledge"],
                    facts_used=[],
                    findings=[],
                    passed=True,
                    writer="playbook",
                    priority=number % 500,
                    waiting_since=mention.created_at,
                    version=1,
                    reason="",
                    created_at=now,
                    updated_at=now,
                )
            )
