"""What a team does around a case: nothing is lost, everything says who and when, and no note leaves the house."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.domain import Eligibility, Mention, Platform
from core.errors import Conflict, InputError, Refused
from core.store import audit, desk, events, waiting
from core.store.audit import AuditRow
from core.store.cases import CaseRow
from core.store.events import EventRow
from core.store.waiting import Asked, View
from listener.intake import keep_all
from responder import desk as at
from responder.approval import Actor, candidate_of
from tests.factories import BRAND, START, Clock, Database, settings


class Team:
    """A database with one waiting draft and three colleagues."""

    def __init__(self, rows: Database, clock: Clock) -> None:
        self.rows, self.clock = rows, clock
        self.ana = Actor(rows.user("Ana"), "Ana", "approver")
        self.ben = Actor(rows.user("Ben"), "Ben", "approver")
        self.lena = Actor(rows.user("Lena", "lead"), "Lena", "lead")
        self.case = rows.case("kim")
        self.draft = rows.draft(rows.mention(case_id=self.case, author="kim"))

    def of(self, actor: Actor) -> dict[str, object]:
        return {"draft_id": self.draft, "actor": actor, "clock": self.clock}

    def row(self) -> CaseRow:
        with self.rows.store.read() as db:
            return db.get_one(CaseRow, self.case)

    def shown(self, view: View = View.ALL, me: int = 0) -> list[int]:
        with self.rows.store.read() as db:
            return waiting.ids(db, Asked(me=me, now=self.clock(), view=view), limit=10)

    def told(self) -> list[tuple[str, str]]:
        """What the audit says of the case, oldest first; each was also told to the open pages."""
        with self.rows.store.read() as db:
            rows = db.scalars(select(AuditRow).where(AuditRow.subject == f"case:{self.case}").order_by(AuditRow.id))
            return [(row.actor, row.action) for row in rows]

    def heard(self) -> list[str]:
        with self.rows.store.read() as db:
            return [
                row.detail["action"]
                for row in db.scalars(select(EventRow).order_by(EventRow.id))
                if row.kind == "draft"
            ]


@pytest.fixture
def team(any_database: Database, clock: Clock) -> Team:
    return Team(any_database, clock)


def test_a_case_is_taken_handed_over_and_given_back(team: Team) -> None:
    store = team.rows.store
    assert at.assign(store, to=team.ana.id, seen=None, **team.of(team.ana)).name == "Ana"
    assert team.shown(View.MINE, team.ana.id) == [team.draft]
    with pytest.raises(Conflict, match="Ana has this by now"):
        at.assign(store, to=team.ben.id, seen=None, **team.of(team.ben))
    at.assign(store, to=team.ana.id, seen=None, **team.of(team.ana))  # again, from an old page: nothing to say
    at.assign(store, to=team.ben.id, seen=team.ana.id, **team.of(team.ana))
    at.assign(store, to=None, seen=team.ben.id, **team.of(team.ben))
    assert team.row().owner_id is None
    assert team.told() == [("Ana", "case.assigned"), ("Ana", "case.assigned"), ("Ben", "case.assigned")]
    assert team.heard() == ["case.assigned"] * 3


def test_only_who_may_decide_takes_part(team: Team) -> None:
    viewer = Actor(team.rows.user("Vic", "viewer"), "Vic", "viewer")
    store = team.rows.store
    for act in (
        lambda: at.assign(store, to=None, seen=None, **team.of(viewer)),
        lambda: at.snooze(store, until=None, **team.of(viewer)),
        lambda: at.note(store, text="x", **team.of(viewer)),
        lambda: at.escalate(store, reason="x", **team.of(viewer)),
    ):
        with pytest.raises(Refused):
            act()
    with pytest.raises(InputError, match="may decide"):
        at.assign(store, to=viewer.id, seen=None, **team.of(team.ana))
    assert team.told() == []


def test_a_snoozed_case_comes_back_on_time_and_says_so(team: Team) -> None:
    store = team.rows.store
    at.snooze(store, until=START + timedelta(hours=1), **team.of(team.ana))
    assert (team.shown(), team.shown(View.SNOOZED)) == ([], [team.draft])
    assert at.wake_due(store, clock=team.clock) == 0
    team.clock.forward(hours=1)
    assert team.shown() == [team.draft]  # by the clock alone, also after a restart
    assert at.wake_due(store, clock=team.clock) == 1
    assert at.wake_due(store, clock=team.clock) == 0
    assert team.row().snoozed_until is None
    assert team.told() == [("Ana", "case.snoozed"), ("amends", "case.woke")]
    assert team.heard()[-1] == "case.woke"


@pytest.mark.parametrize("minutes", [-1, 0, 31 * 24 * 60])
def test_a_snooze_lies_ahead_and_not_too_far(team: Team, minutes: int) -> None:
    with pytest.raises(InputError, match="time to come"):
        at.snooze(team.rows.store, until=START + timedelta(minutes=minutes), **team.of(team.ana))


@pytest.mark.parametrize("until", [None, START + timedelta(days=1)])
def test_the_customer_writing_ends_any_snooze(team: Team, until: object) -> None:
    at.snooze(team.rows.store, until=until, **team.of(team.ana))  # type: ignore[arg-type]
    team.clock.forward(hours=6)
    at.wake_due(team.rows.store, clock=team.clock)
    assert team.shown() == []
    again = Mention(
        external_id="again", platform=Platform.X, author="kim", text="@northwind and now?", created_at=team.clock(),
        eligible=Eligibility.TAGGED,
    )  # fmt: skip
    with team.rows.store.begin() as db:
        keep_all(db, [again], brand=BRAND, handles=(), source="test", wanted=lambda _: True, now=team.clock())
    assert team.shown() == [team.draft]
    assert team.heard()[-1] == "case.woke"


def test_a_case_is_handed_up_with_a_reason_and_back(team: Team) -> None:
    store = team.rows.store
    with pytest.raises(InputError, match="why"):
        at.escalate(store, reason="  ", **team.of(team.ana))
    at.escalate(store, reason="wants to speak to the press", **team.of(team.ana))
    assert team.shown(View.ESCALATED) == [team.draft]
    with pytest.raises(Conflict, match="Ana"):
        at.escalate(store, reason="me too", **team.of(team.ben))
    with pytest.raises(Refused, match="lead"):
        at.hand_back(store, **team.of(team.ben))
    at.hand_back(store, **team.of(team.lena))
    with pytest.raises(Conflict):
        at.hand_back(store, **team.of(team.lena))
    assert team.shown(View.ESCALATED) == []
    assert team.told() == [("Ana", "case.escalated"), ("Lena", "case.handed_back")]


SECRET = "Careful: xylophone, she is the mayor's sister @Ben"


def test_a_note_stays_in_the_house(team: Team) -> None:
    store = team.rows.store
    for bad in ("", " \n", "a\x00b", "x" * 2001, "\ud800"):
        with pytest.raises(InputError):
            at.note(store, text=bad, **team.of(team.ana))
    made = at.note(store, text=f"  {SECRET}\n", **team.of(team.ana))
    with store.read() as db:
        kept = desk.notes_of(db, team.case)
        assert [(row.id, row.author, row.at, row.text) for row in kept] == [(made, "Ana", START, SECRET)]
        # Nothing that a reply, a page for outside or an export is made from knows of it.
        draft = waiting.loaded(db, [team.draft])[0]
        leaving = [
            repr(candidate_of(db, draft, draft.text, settings().brand)),
            *[json.dumps(row.detail) for row in audit.newest(db)],
            *[json.dumps(row.detail) for row in events.since(db, 0)],
        ]
    assert not any("xylophone" in text for text in leaving)
    assert team.told() == [("Ana", "case.noted")]
