"""A post whose words are erased, on the pages: it says so calmly, shows none of them, and waits for nobody."""

import json
from pathlib import Path

import pytest

from core.domain import Gone
from core.store import erasing
from core.store.alerts import AlarmRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow
from tests import factories
from tests.core.test_erasing import TRACES, furnish
from tests.dashboards.visiting import Visitor, visit

DELETED = "This post was deleted by its author on X."


@pytest.fixture
def visitor(tmp_path: Path) -> Visitor:
    return visit(tmp_path)


def erased(visitor: Visitor, why: Gone = Gone.DELETED, *, status: str = "sent") -> int:
    """A post with traces everywhere, and then without; returns its draft."""
    number = furnish(visitor.rows, status=status)
    with visitor.deps.store.begin() as db:
        db.add(AlarmRow(brand=factories.BRAND, kind="safety", subject=f"mention:{number}", number=1, path="/alarms",
                        occasion=str(number), title="A customer on X may be in danger", body="Posted.",
                        raised_at=visitor.clock(), status="sent", reached=[]))  # fmt: skip
        erasing.erase(db, [number], why=why, actor="Lena", now=visitor.clock())
        return db.query(DraftRow.id).filter_by(mention_id=number).one()[0]


PAGES = """
    /queue?draft={} /queue /queue/sent /queue/watched /feedback /feedback?status=closed /alarms /audit /promises
    /sources /trends /journey
"""


@pytest.mark.parametrize("path", PAGES.split())
def test_no_page_shows_a_word_of_it(visitor: Visitor, path: str) -> None:
    page = visitor.get(path.format(erased(visitor)))
    assert page.status_code == 200
    assert [trace for trace in TRACES if trace in page.text] == []


@pytest.mark.parametrize("path", ["/queue?draft={}", "/queue/sent", "/feedback"])
def test_the_page_says_what_became_of_it(visitor: Visitor, path: str) -> None:
    assert DELETED in visitor.get(path.format(erased(visitor))).text


def test_what_never_went_out_is_not_said_to_be_replaced(visitor: Visitor) -> None:
    draft = visitor.rows.draft()
    with visitor.deps.store.begin() as db:
        mention = db.get_one(DraftRow, draft).mention_id
        erasing.erase(db, [mention], why=Gone.DELETED, actor="amends", now=visitor.clock())
    page = visitor.get(f"/queue?draft={draft}").text
    assert DELETED in page
    assert "a newer one may wait" not in page
    assert "Stage" not in page[page.index('id="pane"') :]  # of words that nobody can read any more


def test_what_we_erased_ourselves_is_told_apart(visitor: Visitor) -> None:
    page = visitor.get(f"/queue?draft={erased(visitor, Gone.ERASED)}").text
    assert "This post was erased." in page
    assert DELETED not in page
    assert 'data-act="note"' not in page  # there is nobody to note anything about


def test_a_reply_that_was_held_back_says_why(visitor: Visitor) -> None:
    erased(visitor, status="approved")
    page = visitor.get("/queue/sent").text
    assert "The post was deleted by its author." in page
    assert "answer by hand" not in page  # there is nothing to answer


def test_in_french(visitor: Visitor) -> None:
    draft = erased(visitor)
    visitor.client.cookies.set("amends_language", "fr")
    headers = {"accept": "text/html", "accept-language": "fr"}
    page = visitor.client.get(f"/queue?draft={draft}", headers=headers).text
    assert "Ce message a été supprimé par son auteur sur X." in page


def test_nobody_approves_or_settles_it_by_hand(visitor: Visitor) -> None:
    number = visitor.rows.mention()
    draft = visitor.rows.draft(number)
    with visitor.deps.store.begin() as db:
        erasing.erase(db, [number], why=Gone.DELETED, now=visitor.clock())
    assert f'data-id="{draft}"' not in visitor.get("/queue").text
    answer = visitor.post(f"/mentions/{number}/answered")
    assert answer.status_code in (303, 409)
    with visitor.deps.store.read() as db:
        assert db.get_one(MentionRow, number).status == "gone"
        assert db.get_one(DraftRow, draft).status == "superseded"


def test_what_leaves_as_json_has_none_of_it(visitor: Visitor) -> None:
    erased(visitor)
    said = json.dumps(visitor.client.get("/audit/export.jsonl").text)
    assert [trace for trace in TRACES if trace in said] == []
