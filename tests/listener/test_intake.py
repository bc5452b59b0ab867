"""Intake: what two sources bring at the same moment is kept once, and nothing of it is lost."""

import threading
from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import event, select

from core.domain import Eligibility, Mention, Platform
from core.store import Store
from core.store.cases import CaseRow
from core.store.mentions import MentionRow
from listener.intake import keep_all

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


def post(number: int, author: str = "sam", eligible: Eligibility = Eligibility.NONE) -> Mention:
    return Mention(
        platform=Platform.X, external_id=str(number), author=author, text="no data", created_at=NOW, eligible=eligible
    )


def keep(store: Store, posts: list[Mention], wait: "threading.Event | None" = None) -> Counter[str]:
    """One page in a transaction of its own, which ends when ``wait`` is set."""
    with store.begin() as db:
        found = keep_all(db, posts, brand="N", handles=(), source="s", wanted=lambda _post: True, now=NOW)
        if wait:
            wait.wait(0.5)
    return found


def at_once(*passes: "threading.Thread") -> None:
    for each in passes:
        each.start()
    for each in passes:
        each.join()


def test_a_post_that_a_search_and_our_mentions_bring_at_once_is_ours_to_answer(any_store: Store) -> None:
    never = threading.Event()
    search = threading.Thread(target=keep, args=(any_store, [post(1)], never))
    search.start()
    never.wait(0.1)
    at_once(threading.Thread(target=keep, args=(any_store, [post(1, eligible=Eligibility.TAGGED), post(2)])))
    search.join()
    with any_store.read() as db:
        rows = db.scalars(select(MentionRow).order_by(MentionRow.id)).all()
        assert [(row.external_id, row.eligible) for row in rows] == [("1", "tagged"), ("2", "none")]
        assert [case.contacts for case in db.scalars(select(CaseRow))] == [2]


def test_two_pages_with_the_same_authors_do_not_wait_for_each_other(any_store: Store) -> None:
    names = [f"u{number}" for number in range(40)]
    keep(any_store, [post(number, name) for number, name in enumerate(names)])
    kept: list[int] = []

    def bring(first: int, authors: list[str]) -> None:
        kept.append(keep(any_store, [post(first + at, name) for at, name in enumerate(authors)])["new"])

    at_once(
        threading.Thread(target=bring, args=(1000, names)), threading.Thread(target=bring, args=(2000, names[::-1]))
    )
    assert kept == [40, 40]


def share(number: int, of: int) -> Mention:
    return Mention(
        platform=Platform.X, external_id=str(number), author=f"u{number}", text="", created_at=NOW, share_of=str(of)
    )


def test_a_repost_is_counted_once_before_and_after_its_original(any_store: Store) -> None:
    keep(any_store, [share(11, 1), share(12, 1), share(13, 2)])
    keep(any_store, [post(1), share(12, 1), share(14, 1)])
    keep(any_store, [post(1), share(14, 1), share(15, 1)])
    with any_store.read() as db:
        assert [row.shares for row in db.scalars(select(MentionRow))] == [4]


def test_a_post_that_goes_round_is_not_counted_anew_with_each_repost(any_store: Store) -> None:
    asked: list[str] = []
    keep(any_store, [post(1)])
    event.listen(any_store.engine, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
    keep(any_store, [share(number, 1) for number in range(11, 21)])
    assert len([words for words in asked if words.startswith("UPDATE mentions SET shares")]) == 10
    assert not [words for words in asked if "count(" in words]
