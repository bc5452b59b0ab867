"""Two cases of one customer over HTTP: offered, merged, shown together, taken apart."""

from pathlib import Path

import pytest
from sqlalchemy import event, insert

from core.store import case_merges
from core.store.cases import CaseRow
from core.store.mentions import MentionRow
from tests.dashboards.test_queue_team import draft, say
from tests.dashboards.visiting import Visitor, new_user, sign_in, visit, words


@pytest.fixture
def ana(tmp_path: Path) -> Visitor:
    visitor = visit(tmp_path)
    sign_in(visitor, new_user(visitor, "Ana", "approver"))
    return visitor


def two(ana: Visitor) -> tuple[int, int, int]:
    """Kim on X, and later on Mastodon: both drafts, and the second one's case."""
    first = draft(ana, "kim")
    ana.clock.forward(minutes=5)
    post = ana.rows.mention("kim still has no data", author="kim", author_name="Kim", platform="mastodon")
    second = ana.rows.draft(post)
    with ana.deps.store.read() as db:
        case = db.get_one(MentionRow, post).case_id
    assert case is not None
    return first, second, case


def test_the_other_case_is_offered_and_found_by_words(ana: Visitor) -> None:
    first, _second, case = two(ana)
    draft(ana, "lou")
    offered = ana.get(f"/queue/{first}/same").text
    assert f'data-merge="{case}"' in offered
    assert "Kim @kim Mastodon" in words(offered)
    assert "Lou" not in offered
    found = words(ana.get(f"/queue/{first}/same?q=lou+data").text)
    assert "Lou @lou X" in found
    assert "Kim" not in found
    assert "Nobody who waits fits" in words(ana.get(f"/queue/{first}/same?q=nothing").text)
    assert "No other case has this name" in words(ana.get(f"/queue/{draft(ana, 'max')}/same").text)


def test_what_is_offered_costs_the_same_however_much_was_written(ana: Visitor) -> None:
    """The newest posts tell who it is: the index hands them out, and the others are not read."""
    first, _second, case = two(ana)
    with ana.deps.store.begin() as db:
        post = db.get_one(MentionRow, 1)
        kept = {each.key: getattr(post, each.key) for each in MentionRow.__table__.columns if each.key != "id"}
        many = [kept | {"case_id": of, "external_id": f"{of}-{number}"} for of in (1, case) for number in range(400)]
        db.execute(insert(MentionRow), many)
    seen: list[object] = []
    with ana.deps.store.read() as db:
        asked: list[tuple[str, object]] = []
        event.listen(db, "loaded_as_persistent", lambda _session, row: seen.append(row))
        event.listen(db.get_bind(), "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
        [found] = case_merges.candidates(db, db.get_one(CaseRow, 1), "", now=ana.clock(), limit=6)
        plans = [str(db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {each}", of).all()) for each, of in [*asked]]
    assert (found.case.id, found.posts) == (case, case_merges.SAID_LAST + 1)
    assert 1 <= sum(isinstance(row, MentionRow) for row in seen) <= 2, "its newest post: for its name, and to be shown"
    of_posts = [plan for plan in plans if "ix_mentions_case " in plan]
    assert len(of_posts) >= 3
    assert not any("TEMP B-TREE" in plan for plan in of_posts)
    assert "more than 30 posts" in words(ana.get(f"/queue/{first}/same").text)


def test_merged_the_history_shows_both_and_says_where(ana: Visitor) -> None:
    first, second, case = two(ana)
    done = say(ana, f"/queue/{first}/merge", case=case).json()
    assert done["draft"] == second
    pane = words(ana.get(f"/queue/{second}/pane").text)
    assert "Earlier in this case (1)" in pane
    assert "Kim (@kim, X)" in pane
    assert "Merged with @kim on Mastodon by Ana" in pane
    assert "Undo the merge" in pane
    assert "Ana took this back: their two cases became one" in words(ana.get(f"/queue/{first}/pane").text)
    assert say(ana, f"/queue/{second}/approve", version=1, text="x").status_code == 409
    assert say(ana, f"/queue/merges/{done['merge']}/undo").status_code == 200
    assert "Earlier in this case" not in words(ana.get(f"/queue/{second}/pane").text)
    assert say(ana, f"/queue/merges/{done['merge']}/undo").status_code == 409
    audit = words(ana.get("/audit").text)
    assert "case merged" in audit
    assert "case gave back" in audit


def test_a_viewer_sees_but_does_not_merge(ana: Visitor) -> None:
    first, second, case = two(ana)
    say(ana, f"/queue/{first}/merge", case=case)
    sign_in(ana, new_user(ana, "Vic", "viewer"))
    pane = words(ana.get(f"/queue/{second}/pane").text)
    assert "Merged with @kim on Mastodon" in pane
    assert "Undo the merge" not in pane
    assert 'data-act="same"' not in pane
    assert ana.client.get(f"/queue/{first}/same").status_code == 403
    assert say(ana, f"/queue/{first}/merge", case=case).status_code == 403
    assert say(ana, "/queue/merges/1/undo").status_code == 403
    with ana.deps.store.read() as db:
        assert db.get_one(CaseRow, case).merged_into is not None


@pytest.mark.parametrize("case", [0, -1, 2**31, "x", None])
def test_a_case_is_named_by_its_number(ana: Visitor, case: object) -> None:
    first, *_ = two(ana)
    assert say(ana, f"/queue/{first}/merge", case=case).status_code == 422
    assert say(ana, f"/queue/{first}/merge", case=999).status_code == 422
    assert say(ana, "/queue/999/merge", case=1).status_code == 422
