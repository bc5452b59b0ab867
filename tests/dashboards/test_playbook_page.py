"""The playbook page, and what a draft rests on in the pane, over HTTP."""

import re
from pathlib import Path

from core.store.wordings import WordingRow
from tests.dashboards.visiting import Visitor, visit, words
from tests.responder.edited_replies import AFTER, BEFORE, SAID, change


def edited(directory: Path, role: str) -> Visitor:
    visitor = visit(directory, role)
    for number, editor in enumerate(("Ana", "Ben", "Ana")):
        change(visitor.rows, visitor.clock, editor, number)
    return visitor


def mark(visitor: Visitor) -> str:
    found = re.search(r'id="proposal-([0-9a-f]{16})"', visitor.get("/playbook").text)
    assert found
    return found[1]


def test_a_proposal_shows_with_its_numbers_and_examples(tmp_path: Path) -> None:
    visitor = edited(tmp_path, "viewer")
    html = visitor.get("/playbook").text
    said = words(html)
    assert f"We write {BEFORE}" in said.replace("&#39;", "'")
    assert AFTER in said
    assert "3 times · by Ana, Ben" in said
    assert html.count("/queue?draft=") == 3
    assert "Take over" not in said
    assert visitor.post(f"/playbook/{mark(visitor)}/reject").status_code == 403


def test_a_lead_takes_it_over_and_back(tmp_path: Path) -> None:
    visitor = edited(tmp_path, "lead")
    place = mark(visitor)
    wrong = visitor.post(f"/playbook/{place}/take", after="Again!")
    assert wrong.status_code == 422
    assert "Nothing was changed" in words(wrong.text)
    money = visitor.post(f"/playbook/{place}/take", after="Here is $20 for the second time.")
    assert money.status_code == 422
    assert "do not pass the gate" in words(money.text)
    assert visitor.post(f"/playbook/{place}/take", after=AFTER).is_redirect
    assert visitor.post(f"/playbook/{place}/take", after=AFTER).status_code == 409
    page = words(visitor.get("/playbook").text)
    assert "Nothing is proposed" in page
    assert "Taken :" in page or "Taken:" in page
    with visitor.deps.store.read() as db:
        (row,) = db.query(WordingRow)
    assert visitor.post(f"/playbook/{row.id}/take-back").is_redirect
    assert visitor.post(f"/playbook/{row.id}/take-back").status_code == 409
    assert visitor.post("/playbook/x/take-back").status_code == 404


def test_without_edits_the_page_says_so(tmp_path: Path) -> None:
    assert "Nothing is proposed" in words(visit(tmp_path, "viewer").get("/playbook").text)


def test_the_pane_tells_what_each_sentence_rests_on(tmp_path: Path) -> None:
    visitor = edited(tmp_path, "viewer")
    html = visitor.get("/queue/1/pane").text
    said = words(html)
    assert "says what happened to them" in said
    assert "because they wrote" in said
    assert BEFORE not in said.replace("&#39;", "'"), "a sentence that a person changed rests on that person"
    spans = re.findall(r'data-spans="([\d \-]+)"', html)
    assert spans
    start, end = map(int, next(each for each in spans if " " in each).split()[1].split("-"))
    assert SAID[start:end] in said
