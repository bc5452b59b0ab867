"""Who looks at a reply and who edits it: told to everybody at once, forgotten when nobody says so any more."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from core.store import Store, events
from dashboards.live import Live
from dashboards.presence import LASTS, Presence
from tests.dashboards.conftest import Browser
from tests.factories import Clock, Database

Browsers = Callable[[], Browser]


def brief(people: list[dict[str, Any]]) -> list[tuple[int, str, bool]]:
    return [(person["draft"], person["name"], person["editing"]) for person in people]


@pytest.fixture
def board(store: Store, clock: Clock) -> Presence:
    return Presence(store, clock)


def note(
    board: Presence, name: str, draft: int | None, *, page: str = "p", editing: bool = False, at: float = 0
) -> None:
    board.note(name, page, name=name, draft=draft, editing=editing, now=at)


def test_editing_counts_more_than_looking_and_a_page_is_in_one_place(board: Presence) -> None:
    note(board, "Ana", 7)
    note(board, "Ana", 7, page="other tab", editing=True)
    note(board, "Ben", 7)
    note(board, "Ben", 9)
    assert brief(board.people(1)) == [(7, "Ana", True), (9, "Ben", False)]
    note(board, "Ben", None)
    assert brief(board.people(1)) == [(7, "Ana", True)]


def test_who_says_nothing_for_a_while_is_gone(board: Presence) -> None:
    note(board, "Ana", 7, at=0)
    note(board, "Ben", 7, at=0)
    note(board, "Ana", 7, at=15)
    assert brief(board.people(LASTS - 0.1)) == [(7, "Ana", False), (7, "Ben", False)]
    assert brief(board.people(LASTS + 0.1)) == [(7, "Ana", False)]
    assert board.people(15 + LASTS) == []


def test_since_when_somebody_edits_does_not_move_with_every_word(board: Presence, clock: Clock) -> None:
    note(board, "Ana", 7)
    clock.forward(seconds=30)
    note(board, "Ana", 7, editing=True, at=1)
    began = clock().isoformat()
    clock.forward(seconds=8)
    note(board, "Ana", 7, editing=True, at=9)
    assert [person["since"] for person in board.people(10)] == [began]


def test_one_session_cannot_fill_the_board(board: Presence) -> None:
    for number in range(100):
        note(board, "Ana", number + 1, page=f"p{number}")
    assert brief(board.people(1)) == [(number, "Ana", False) for number in range(89, 101)]


def test_a_page_says_where_it_is_and_nothing_is_written(db: Database, store: Store, ana: Browser) -> None:
    draft = db.draft()
    with store.read() as session:
        before = events.newest_id(session)
    for body in ({"draft": draft, "editing": True}, {"draft": draft}, {}):
        answer = ana.post("/presence", json={"page": "a-1"} | body, headers={"X-CSRF-Token": ana.csrf})
        assert answer.status_code == 204
    with store.read() as session:
        assert events.newest_id(session) == before


@pytest.mark.parametrize("body", [{}, {"page": "<b>"}, {"page": "p", "draft": 0}, {"page": "p" * 41}])
def test_nonsense_is_refused(ana: Browser, body: dict[str, Any]) -> None:
    assert ana.post("/presence", json=body, headers={"X-CSRF-Token": ana.csrf}).status_code == 422


def test_a_stranger_and_another_site_say_nothing(ana: Browser, browser: Browsers) -> None:
    assert browser().post("/presence", json={"page": "p", "draft": 1}).status_code in (401, 403)
    headers = {"X-CSRF-Token": ana.csrf, "Sec-Fetch-Site": "cross-site"}
    assert ana.post("/presence", json={"page": "p"}, headers=headers).status_code == 403


def test_a_viewer_is_never_said_to_edit(db: Database, browser: Browsers) -> None:
    db.user("Vi", "viewer")
    vi = browser()
    vi.log_in("Vi")
    vi.post("/presence", json={"page": "p", "draft": 3, "editing": True}, headers={"X-CSRF-Token": vi.csrf})
    app: Any = vi.app
    assert brief(app.state.presence.people(0)) == [(3, "Vi", False)]


def board_of(piece: str) -> list[tuple[int, str, bool]]:
    kind, data = piece.strip().split("\n")
    assert kind == "event: presence"  # and no id: a page that reconnects is told the newest, not what it missed
    return brief(json.loads(data.removeprefix("data: "))["people"])


async def hears(stream: AsyncIterator[str], wanted: list[tuple[int, str, bool]]) -> None:
    """Until the stream tells this board; a page may be told the same twice."""
    while board_of(await asyncio.wait_for(anext(stream), 5)) != wanted:
        pass


def test_open_pages_hear_at_once_and_a_new_one_is_told_the_board(store: Store, clock: Clock) -> None:
    async def listen() -> None:
        stopping = asyncio.Event()
        board = Presence(store, clock)
        live = Live(store, stopping, presence=board)
        keeper = asyncio.create_task(board.keep(live.say, stopping))
        first, second = live.stream(None, lambda: True), live.stream(None, lambda: True)
        assert (await anext(first)).startswith("retry:")
        now = asyncio.get_running_loop().time
        board.note("a", "p", name="Ana", draft=7, editing=True, now=now())
        await hears(first, [(7, "Ana", True)])
        assert (await anext(second)).startswith("retry:")
        await hears(second, [(7, "Ana", True)])
        board.note("a", "p", name="Ana", draft=None, editing=False, now=now())
        for stream in (first, second):
            await hears(stream, [])
        stopping.set()
        await keeper

    asyncio.run(listen())


def test_twenty_people_who_stay_where_they_are_cost_nothing(store: Store, clock: Clock) -> None:
    async def count() -> int:
        stopping, said = asyncio.Event(), []
        board = Presence(store, clock)
        keeper = asyncio.create_task(board.keep(said.append, stopping))
        for _ in range(4):
            for number in range(20):
                note(board, f"P{number}", number + 1, at=asyncio.get_running_loop().time())
            await asyncio.sleep(0.3)
        stopping.set()
        await keeper
        return len(said)

    assert asyncio.run(count()) == 1
    with store.read() as session:
        assert events.newest_id(session) == 0


def test_servers_on_one_database_know_each_others_people(store: Store, clock: Clock) -> None:
    async def meet() -> tuple[list[Any], list[Any], int]:
        stopping = asyncio.Event()
        boards = [Presence(store, clock, shared=True) for _ in range(2)]
        lives = [Live(store, stopping, presence=board) for board in boards]
        heard: list[str] = []
        tasks = [asyncio.create_task(live.run()) for live in lives]
        await asyncio.sleep(0.5)
        tasks += [asyncio.create_task(board.keep(heard.append, stopping)) for board in boards]
        now = asyncio.get_running_loop().time
        boards[0].note("a", "p", name="Ana", draft=7, editing=True, now=now())
        boards[1].note("b", "p", name="Ben", draft=7, editing=False, now=now())
        await asyncio.sleep(2)
        found = [brief(board.people(now())) for board in boards]
        stopping.set()
        await asyncio.gather(*tasks)
        return found[0], found[1], len(heard)

    one, other, told = asyncio.run(meet())
    assert one == other == [(7, "Ana", True), (7, "Ben", False)]
    assert told == 4
    with store.read() as session:
        assert events.newest_id(session) == 2
        assert events.since(session, 0, but="presence") == []
