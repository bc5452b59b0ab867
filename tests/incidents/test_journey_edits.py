"""The map as people change it: in force with the next draft, versioned; and who stands on it."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.domain import Impact, Move, Stage
from core.errors import ConfigError, Conflict, InputError
from core.store import audit, coverage, journeys
from core.store.coverage import Whose
from core.store.deliveries import ApprovalRow, DeliveryRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow
from incidents import journey, journey_edits
from incidents.coverage import draw, heat
from incidents.journey_edits import LivingMap
from tests.factories import BRAND, Database
from tests.incidents.test_journey import OPEN, sheet

FILE = journey.load()
CELL = (Stage.ANGER, Impact.WORK)
WANTED = replace(
    FILE.cells[CELL],
    moves=(Move.OWN, Move.NEXT_STEP),
    least_important=(Move.OWN,),
    tone="short",
    actions=("Call",),
    owner="care",
)


def save(database: Database, version: int, plan=WANTED) -> int:
    return journey_edits.edit_cell(
        database.store, brand=BRAND, plan=plan, version=version, actor="Lena", clock=database.clock
    )


def test_a_change_is_in_force_with_the_next_question(any_database: Database) -> None:
    living = LivingMap(any_database.store, BRAND, FILE)
    other = LivingMap(any_database.store, "Somebody else", FILE)
    assert living.plan(*CELL, sheet(OPEN)) == FILE.cells[CELL]
    first = save(any_database, 0)
    assert living.plan(*CELL, sheet(OPEN)) == WANTED
    assert living.plan(Stage.ANGER, Impact.NONE, sheet(OPEN)) == FILE.cells[Stage.ANGER, Impact.NONE]
    assert other.plan(*CELL, sheet(OPEN)) == FILE.cells[CELL]
    with pytest.raises(Conflict):
        save(any_database, 0)
    second = journey_edits.take_back(
        any_database.store, brand=BRAND, stage=CELL[0], persona=CELL[1], version=first, actor="Lena",
        clock=any_database.clock,
    )  # fmt: skip
    assert living.plan(*CELL, sheet(OPEN)) == FILE.cells[CELL]
    with any_database.store.read() as db:
        assert [row.id for row in journeys.versions(db, BRAND, "anger", "work")] == [second, first]
        assert [row.action for row in audit.newest(db)] == ["journey.taken_back", "journey.edited"]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"moves": (), "least_important": ()}, "no move is left"),
        ({"moves": (Move.OWN, Move.OWN)}, "a move stands here twice"),
        ({"least_important": (Move.THANK,)}, "thank is not among the moves"),
        ({"least_important": (Move.OWN, Move.NEXT_STEP)}, "something must be left to say"),
        ({"tone": " "}, "tone: say in a few words"),
        ({"owner": "x" * 401}, "at most 400 characters"),
        ({"actions": tuple(map(str, range(13)))}, "actions: 13; at most 12"),
    ],
)
def test_a_cell_that_cannot_be_carried_out_is_refused(
    database: Database, changes: dict[str, object], complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint):
        save(database, 0, replace(WANTED, **changes))
    with database.store.read() as db:
        assert journeys.newest_id(db, BRAND) == 0


def test_a_brands_own_file_is_laid_over_the_shipped_map(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[anger]\ntone = "calm"\nwork = { moves = ["own", "invite"], least_important = [], owner = "key accounts" }\n'
        '[relief]\nmoves = ["thank"]\n',
        encoding="utf-8",
    )
    over = journey.of_brand(str(own))
    work = over.cells[Stage.ANGER, Impact.WORK]
    assert (work.moves, work.tone, work.owner) == ((Move.OWN, Move.INVITE), "calm", "key accounts")
    assert over.cells[Stage.ANGER, Impact.NONE].moves == FILE.cells[Stage.ANGER, Impact.NONE].moves
    assert {over.cells[Stage.RELIEF, persona].moves for persona in Impact} == {(Move.THANK,)}
    assert over.cells[Stage.ANXIETY, Impact.SAFETY] == FILE.cells[Stage.ANXIETY, Impact.SAFETY]
    own.write_text('[anger]\nwork = { moves = ["shout"] }\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"own\.toml: \[anger\.work\] moves: 'shout'"):
        journey.of_brand(str(own))
    own.write_text("anger = 3\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"own\.toml: anger: a section is expected"):
        journey.of_brand(str(own))


def test_every_shipped_cell_has_an_owner_and_an_action() -> None:
    assert all(plan.owner and plan.actions for plan in FILE.cells.values())


def answered(database: Database, draft: int) -> None:
    """A reply that went out, through the rows."""
    user = database.user(f"user{draft}")
    with database.store.begin() as db:
        row = db.get_one(DraftRow, draft)
        target = db.get_one(MentionRow, row.mention_id)
        same = {"text": row.text, "sha256": "0", "platform": target.platform, "target_id": target.external_id}
        same |= {"account": "northwind"}
        now = database.clock()
        approval = ApprovalRow(
            **same, draft_id=draft, draft_version=1, publisher="console", sheet_version=0, approver_id=user,
            approved_at=now, release_at=now, expires_at=now,
        )  # fmt: skip
        db.add(approval)
        db.flush()
        delivery = DeliveryRow(
            **same, approval_id=approval.id, key=str(draft), status="approved", not_before=now, problem=""
        )
        db.add(delivery)
        db.flush()
        for status in ("sending", "sent"):
            delivery.status = status
            db.flush()


@pytest.fixture
def incident(any_database: Database) -> int:
    """Four customers in one cell, one of each fate; one elsewhere; one of another incident."""
    made = any_database.incident()
    place = {"incident_id": made, "stage": "anger", "persona": "work"}
    for name, status in (("ann", "done"), ("bob", "waiting"), ("cyd", "rejected")):
        case = any_database.case(name, **place)
        any_database.mention("tell me", author=name, case_id=case, eligible="none")
        draft = any_database.draft(any_database.mention(author=name, case_id=case), status=status)
        if name == "ann":
            answered(any_database, draft)
    any_database.mention(author="dan", case_id=any_database.case("dan", **place), eligible="none")
    any_database.mention(author="eve", case_id=any_database.case("eve", **(place | {"stage": "relief"})))
    any_database.mention(author="fay", case_id=any_database.case("fay", **(place | {"incident_id": None})))
    return made


def test_everybody_is_counted_once_by_what_they_got(any_database: Database, incident: int) -> None:
    whose = Whose(brand=BRAND, incident_id=incident)
    with any_database.store.read() as db:
        cells = coverage.cells(db, whose)
        people = coverage.customers(db, whose, "anger", "work")
        moves = coverage.moves_sent(db, whose)
        drawn = draw(db, FILE, whose)
        everybody = draw(db, FILE, Whose(brand=BRAND))
        nobody = draw(db, FILE, Whose(brand="Somebody else"))
    assert cells["anger", "work"] == coverage.Cell(customers=4, answered=1, coming=1, out_of_reach=1, nothing=1)
    assert [(each.case.author, each.state) for each in people] == [
        ("cyd", "nothing"), ("dan", "out_of_reach"), ("bob", "coming"), ("ann", "answered"),
    ]  # fmt: skip
    assert people[3].got == ("acknowledge", "own", "next_step")
    assert moves["anger", "work"] == {"acknowledge": 1, "own": 1, "next_step": 1}
    assert (drawn.places[CELL].heat, drawn.places[Stage.RELIEF, Impact.WORK].heat) == (4, 1)
    assert drawn.places[Stage.ANGER, Impact.MONEY].heat == 0
    assert (drawn.total.customers, everybody.total.customers, nobody.total.customers) == (5, 6, 0)
    assert (drawn.of_stage(Stage.ANGER).customers, drawn.of_persona(Impact.WORK).customers) == (4, 5)


def test_even_one_customer_among_many_is_seen() -> None:
    assert [heat(count, 1000) for count in (0, 1, 250, 251, 1000)] == [0, 1, 1, 2, 4]
