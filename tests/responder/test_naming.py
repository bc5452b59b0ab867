"""Replies on Mastodon: whom they name, and how long they may be on that server; on both databases."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from core.domain import Platform
from core.errors import Transient
from core.settings import Brand
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow
from incidents.journey import load as load_journey
from responder.approval import candidate_of
from responder.bounds import ask, bounds_of, measured
from responder.drafting import Drafting, draft_pending
from responder.gate.registry import inspect
from responder.lengths import Bounds, measure, room_for, usual
from responder.naming import MOST_OTHERS, called
from responder.writers.playbook import PlaybookWriter
from tests.factories import BRAND, Clock, Database

LINK = "https://status.northwind.com/somewhere-below-and-further"


@dataclass
class Server:
    name: str = "mastodon"
    says: list[Bounds] = field(default_factory=list)  # one answer each; none left: it is down
    asked: int = 0

    def bounds(self) -> Bounds:
        self.asked += 1
        if not self.says:
            raise Transient("down")
        return self.says.pop(0)


def mention(database: Database, **values: object) -> MentionRow:
    number = database.mention("@northwind no data since 9", platform="mastodon", status="read", **values)  # type: ignore[arg-type]
    with database.store.read() as db:
        return db.get_one(MentionRow, number)


def test_the_author_is_named_first_and_then_whom_the_post_named(any_database: Database) -> None:
    assert called(mention(any_database, author="ann@social.example", named=["bob"])) == "@ann@social.example @bob "
    assert called(mention(any_database, author="cleo")) == "@cleo "
    crowd = [f"p{number}" for number in range(MOST_OTHERS + 1)]
    assert called(mention(any_database, author="dan", named=crowd)) == "@dan ", "who shouts at many is answered alone"
    with any_database.store.read() as db:
        assert called(db.get_one(MentionRow, any_database.mention(platform="x"))) == ""


def test_a_draft_names_them_passes_the_gate_and_knows_its_server(any_database: Database, clock: Clock) -> None:
    brand = Brand(name=BRAND, handles=("@northwind",), languages=("en",), time_zone="America/Toronto")
    drafting = Drafting(
        store=any_database.store, brand=brand, journey=load_journey(), writer=PlaybookWriter(languages=("en",)),
        inspect=inspect, clock=clock,
    )  # fmt: skip
    ask(any_database.store, {"mastodon": Server(says=[Bounds(120, 23)])}, clock=clock)
    row = mention(any_database, author="ann@social.example", named=["bob@elsewhere.example"])
    assert draft_pending(drafting) == {"drafted": 1}
    with any_database.store.read() as db:
        (draft,) = db.query(DraftRow).filter(DraftRow.mention_id == row.id)
        assert draft.text.startswith("@ann@social.example @bob@elsewhere.example ")
        assert draft.passed, draft.findings
        assert (measured(db, "mastodon", draft.text).limit, measured(db, "mastodon", draft.text).valid) == (120, True)
        for ground in draft.rests_on():
            assert draft.text[ground.start : ground.end].endswith((".", "?"))
        long = candidate_of(db, draft, "x" * 121, brand, now=clock())
    assert "takes 120: cut 1" in " ".join(finding.message for finding in inspect(long))


def test_bounds_are_asked_once_in_a_while_and_kept_when_the_server_is_down(
    any_database: Database, clock: Clock
) -> None:
    server = Server(says=[Bounds(5000, 30)])

    def now() -> Bounds:
        with any_database.store.read() as db:
            return bounds_of(db, "mastodon")

    assert now() == usual("mastodon") == Bounds(500, 23)
    assert ask(any_database.store, {"mastodon": server, "x": object()}, clock=clock) == {"asked": 1}  # type: ignore[dict-item]
    assert ask(any_database.store, {"mastodon": server}, clock=clock) == {}
    assert (now(), server.asked) == (Bounds(5000, 30), 1)
    clock.now += timedelta(hours=6)
    assert ask(any_database.store, {"mastodon": server}, clock=clock) == {"failed": 1}
    assert now() == Bounds(5000, 30)
    other = Server("another", says=[Bounds(1000)])
    assert ask(any_database.store, {"mastodon": other}, clock=clock) == {"asked": 1}
    assert now() == Bounds(1000, 23)


@pytest.mark.parametrize("per_link", [5, 23, 30])
def test_a_link_counts_as_the_server_says(per_link: int) -> None:
    length = measure(Platform.MASTODON, f"@ann@social.example {LINK}", bounds=Bounds(500, per_link)).length
    assert length == len("@ann ") + per_link


def test_room_is_left_where_links_count_more_than_writers_know() -> None:
    assert room_for("mastodon", "@ann@social.example ", Bounds(500)) == 495
    assert room_for("mastodon", "", Bounds(500, 30)) == 493
    assert room_for("x", "", usual("x")) == 280
