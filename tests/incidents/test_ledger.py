"""What failures cost: nothing is invented, nothing is counted twice."""

import re
from datetime import timedelta

import pytest

from core.errors import Conflict, InputError
from core.sections import Money
from core.store import audit
from core.store.ledger import Act, CauseRow
from incidents import ledger as costs
from incidents.ledger import Ledger, amount_in, handling
from tests.core.test_what_jobs_ask import plans
from tests.factories import BRAND, START, Clock, Database
from tests.incidents.sending import send

MONEY = Money(currency="CAD", minute_cost=1.0, customer_value=100)


def look(database: Database, *, days: int | None = None, money: Money = MONEY) -> Ledger:
    since = database.clock() - timedelta(days=days) if days else None
    with database.store.read() as db:
        return costs.ledger(db, brand=BRAND, money=money, since=since)


def compensate(database: Database, incident: int, text: str, case: int) -> None:
    draft = database.draft(database.mention(case_id=case), text, incident_id=incident, facts_used=["compensation"])
    send(database, draft)


@pytest.mark.parametrize(
    ("text", "currency", "cents"),
    [
        ("You get $10 on your next bill.", "CAD", 1000),
        ("You get $10 on your next bill.", "EUR", None),  # another currency
        ("Vous recevez 10,50 $ sur la facture.", "CAD", 1050),
        ("Recibe 1.000,50 € de crédito", "EUR", 100_050),
        ("1,000.5 USD back", "USD", 100_050),
        ("£5, yes £5.00, from us", "GBP", 500),
        ("$10 now, and $20 in May", "USD", None),  # which of them cannot be told
        ("Two days for free, 100 % sure, call 1-800-555", "USD", None),
        ("€ 1 000 pour vous", "EUR", 100_000),
        ("", "USD", None),
    ],
)
def test_an_amount_is_only_what_a_reply_says(text: str, currency: str, cents: int | None) -> None:
    assert amount_in(text, currency) == cents


def test_each_customer_is_compensated_once_with_the_most_they_were_told(any_database: Database) -> None:
    incident = any_database.incident()
    twice, vague = any_database.case("twice", incident_id=incident), any_database.case("vague", incident_id=incident)
    compensate(any_database, incident, "You get $10.", twice)
    compensate(any_database, incident, "You get $15 after all.", twice)
    compensate(any_database, incident, "You get two free days.", vague)
    (line,) = look(any_database).lines
    assert (line.cost.given, line.cost.compensated, line.cost.unpriced) == (1500, 2, 1)
    costs.say_cause(
        any_database.store, brand=BRAND, incident_id=incident, cause="Router", department="Network", credit_cents=400,
        actor="Lena", clock=any_database.clock,
    )  # fmt: skip
    (line,) = look(any_database).lines
    assert (line.cost.given, line.cost.unpriced) == (1900, 0)


def test_a_draft_that_never_went_out_cost_nothing(any_database: Database) -> None:
    incident = any_database.incident()
    any_database.draft(incident_id=incident, facts_used=["compensation"], text="You get $10.")
    assert look(any_database).total == costs.Cost()


def test_time_runs_from_decision_to_decision_and_never_over_a_break() -> None:
    def act(minute: float, draft: int, actor: str = "Ana") -> Act:
        return Act(actor, START + timedelta(minutes=minute), draft, decided=True)

    queued = dict.fromkeys((1, 2, 3, 4), (1, START)) | {5: (None, START + timedelta(minutes=61))}
    # Ana: 2 min after the queue opened, then 1 min, then a break of 57 min, then half a minute on a newer draft.
    found = handling([act(2, 1), act(3, 2), act(60, 3), act(61.5, 5), act(61.5, 99)], queued)
    assert found[1].seconds == 120 + 60 + 90  # the break counts as the median of the incident's others
    assert (found[1].decisions, found[1].guessed, found[1].unknown) == (3, 1, 0)
    assert (found[None].seconds, found[None].guessed) == (30, 0)


def test_one_incident_costs_the_same_looked_at_alone(any_database: Database, clock: Clock) -> None:
    incidents = [any_database.incident(), any_database.incident()]
    for incident in incidents:
        case = any_database.case(f"of{incident}", incident_id=incident)
        any_database.mention(case_id=case, reading={"intents": ["churn_threat"]})
        compensate(any_database, incident, f"You get ${incident}0.", case)
        costs.enter(
            any_database.store, brand=BRAND, incident_id=incident, cents=incident, customers=None, what="Taxis",
            actor="L", clock=clock,
        )  # fmt: skip
    drafts = [any_database.draft(incident_id=incident) for incident in (*incidents, *incidents, *incidents)]
    for minutes, draft in zip((3, 1, 2, 40, 1, 4), drafts, strict=True):  # Ana turns from one to the other
        clock.forward(minutes=minutes)
        with any_database.store.begin() as db:
            audit.record(db, actor="Ana", action="draft.rejected", subject=f"draft:{draft}", now=clock())
    lines = {line.incident.id: line.cost for line in look(any_database).lines if line.incident}
    with any_database.store.read() as db:
        alone = {each: costs.cost_of(db, brand=BRAND, money=MONEY, incident_id=each) for each in incidents}
    assert alone == lines
    assert [alone[each].work.guessed for each in incidents] == [0, 1]


def test_what_one_incident_cost_is_found_without_reading_the_others(database: Database) -> None:
    found = plans(database, lambda db: costs.cost_of(db, brand=BRAND, money=MONEY, incident_id=1))
    for index in ("ix_drafts_incident_id", "ix_audit_subject", "ix_audit_actor", "ix_ledger_incident_id"):
        assert index in found
    for whole in ("ix_audit_action", "ix_mentions_created", "ix_ledger_brand", "ix_deliveries_status"):
        assert whole not in found
    assert not re.search(r"SCAN (mentions|drafts|deliveries|approvals|audit|cases|readings|ledger)", found), found


def test_two_people_at_once_work_twice_as_long() -> None:
    queued = {1: (7, START), 2: (7, START)}
    both = [Act("Ana", START + timedelta(minutes=3), 1, True), Act("Ben", START + timedelta(minutes=3), 2, True)]
    assert handling(both, queued)[7].seconds == 360


def test_where_nothing_can_be_timed_no_time_is_invented() -> None:
    found = handling([Act("Ana", START + timedelta(hours=9), 1, True)], {1: (1, START)})
    assert (found[1].seconds, found[1].unknown, found[1].guessed) == (0, 1, 0)


def test_costs_are_grouped_by_cause_whatever_its_spelling(any_database: Database, clock: Clock) -> None:
    for cause in ("No spare router", "no spare ROUTER", "Digger"):
        incident = any_database.incident()
        with any_database.store.begin() as db:
            db.add(CauseRow(incident_id=incident, cause=cause, department="Network", author="L", at=clock()))
        costs.enter(
            any_database.store, brand=BRAND, incident_id=incident, cents=1000, customers=3, what="Vouchers",
            actor="Lena", clock=clock,
        )  # fmt: skip
    any_database.incident(status="suspected")
    any_database.incident(status="dismissed")
    found = look(any_database)
    assert [(group.incidents, group.cost.entered) for group in found.groups] == [(2, 2000), (1, 1000)]
    assert found.total.spent(MONEY) == 3000


def test_customers_who_may_leave_are_counted_once_and_never_spent(any_database: Database) -> None:
    incident = any_database.incident()
    case = any_database.case(incident_id=incident)
    for _ in range(2):
        any_database.mention(case_id=case, reading={"intents": ["complaint", "churn_threat"]})
    any_database.mention(reading={"intents": ["churn_threat"]})  # of no incident
    total = look(any_database).total
    assert (total.leaving, total.at_risk(MONEY), total.spent(MONEY)) == (1, 10_000, 0)
    assert total.at_risk(Money()) is None
    assert total.handling(Money()) is None


def test_the_range_leaves_older_incidents_out(any_database: Database, clock: Clock) -> None:
    old = any_database.incident(started_at=clock() - timedelta(days=200))
    costs.enter(
        any_database.store, brand=BRAND, incident_id=old, cents=500, customers=None, what="Old", actor="L", clock=clock
    )
    assert look(any_database, days=90).total == costs.Cost()
    assert look(any_database, days=90).entries == []
    assert look(any_database).total.entered == 500


def test_work_without_an_incident_has_a_line_of_its_own(any_database: Database, clock: Clock) -> None:
    draft = any_database.draft()
    clock.forward(minutes=2)
    with any_database.store.begin() as db:
        audit.record(db, actor="Ana", action="draft.rejected", subject=f"draft:{draft}", now=clock())
    (line,) = look(any_database).lines
    assert line.incident is None
    assert line.cost.work.seconds == 120
    assert line.cost.handling(MONEY) == 200


def test_an_entry_is_taken_back_once_and_stays_in_the_audit(any_database: Database, clock: Clock) -> None:
    made = costs.enter(
        any_database.store,
        brand=BRAND,
        incident_id=None,
        cents=700,
        customers=None,
        what="Taxis",
        actor="L",
        clock=clock,
    )
    with pytest.raises(Conflict):
        costs.take_back(any_database.store, brand="Other", entry_id=made, actor="Eve", clock=clock)
    costs.take_back(any_database.store, brand=BRAND, entry_id=made, actor="Lena", clock=clock)
    with pytest.raises(Conflict):
        costs.take_back(any_database.store, brand=BRAND, entry_id=made, actor="Ana", clock=clock)
    assert look(any_database).total.entered == 0
    with any_database.store.read() as db:
        assert [row.action for row in audit.newest(db)] == ["ledger.voided", "ledger.entered"]


@pytest.mark.parametrize(("cents", "what", "incident"), [(0, "x", None), (-5, "x", None), (5, " ", None), (5, "x", 99)])
def test_what_cannot_be_an_entry_is_refused(database: Database, cents: int, what: str, incident: int | None) -> None:
    with pytest.raises(InputError):
        costs.enter(
            database.store, brand=BRAND, incident_id=incident, cents=cents, customers=None, what=what, actor="L",
            clock=database.clock,
        )  # fmt: skip
