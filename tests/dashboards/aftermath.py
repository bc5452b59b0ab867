"""A failure that is over, with everything that its review and its ledger count."""

from datetime import timedelta

from core.store import audit
from core.store.ledger import CauseRow, EntryRow
from core.store.promises import PromiseRow
from tests.factories import BRAND, Clock, Database
from tests.incidents.sending import send

FOLLOWERS = (None, 12, 450, 8_000, 2_500_000)
REPLY = "You were cut off for four hours, and that is on us. You get $10 on your next bill."
HELPED = "Your line works again since noon. Switch the phone off and on once, and write to us here if it does not."


def closed_incident(rows: Database, clock: Clock, *, customers: int = 60, title: str = "Mobile data outage") -> int:
    """Ended a day and a half ago after four hours; every second customer was answered, one in ten may leave."""
    now = clock.now
    start = now - timedelta(hours=40)
    incident = rows.incident(
        title=title, status="closed", started_at=start, opened_at=start + timedelta(minutes=20), next_update_at=None,
        resolved_at=start + timedelta(hours=4), closed_at=start + timedelta(hours=6),
    )  # fmt: skip
    approver = rows.user(f"Approver of {incident}")
    for number in range(customers):
        clock.now = start + timedelta(minutes=5 + 3 * number)
        _customer(rows, clock, incident, number, approver)
    clock.now = now
    with rows.store.begin() as db:
        for kind, status in (("update", "kept"), ("credit", "kept"), ("contact", "broken"), ("restored", "open")):
            db.add(
                PromiseRow(
                    brand=BRAND, incident_id=incident, kind=kind, text="We will write", owner="Lena", status=status,
                    due_at=now - timedelta(hours=1), made_at=start, settled_at=now, settled_by="Lena",
                )
            )  # fmt: skip
        db.add(
            EntryRow(brand=BRAND, incident_id=incident, cents=125_050, customers=40, what="Vouchers in shops",
                     author="Lena", at=now)
        )  # fmt: skip
        db.add(
            CauseRow(incident_id=incident, cause="Core router without a spare", department="Network", author="Lena",
                     credit_cents=500, at=now)
        )  # fmt: skip
    return incident


def _customer(rows: Database, clock: Clock, incident: int, number: int, approver: int) -> None:
    author, followers = f"customer{incident}x{number}", FOLLOWERS[number % len(FOLLOWERS)]
    case = rows.case(author, incident_id=incident)
    intents = ["outage_report", "churn_threat"] if number % 10 == 0 else ["outage_report"]
    mention = rows.mention(
        case_id=case, author=author, followers=followers, reading={"intents": intents}, created_at=clock.now,
        eligible="none" if number % 7 == 6 else "tagged",
    )  # fmt: skip
    if number % 2 or number % 7 == 6:
        return
    clock.forward(minutes=8)
    text = REPLY if number % 4 == 0 else HELPED
    draft = rows.draft(mention, text, incident_id=incident, facts_used=["compensation"] if number % 4 == 0 else [])
    clock.forward(seconds=40 + number)
    with rows.store.begin() as db:
        audit.record(db, actor="Ana", action="draft.approved", subject=f"draft:{draft}", now=clock.now)
    send(rows, draft, at=clock.now + timedelta(seconds=10), approver=approver)
    clock.forward(minutes=30)
    glad = number % 4 == 2
    rows.mention(
        "thanks, it works" if glad else "still nothing", case_id=case, author=author, followers=followers,
        created_at=clock.now,
        reading={"sentiment": "positive" if glad else "negative", "outage": False, "angry": False, "intents": []},
    )  # fmt: skip
