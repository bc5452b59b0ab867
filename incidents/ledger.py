"""What failures cost: compensation, people's time, and customers who say that they leave; per cause and owner.

Spent and at risk are never added up: the first is gone, the second may be.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from core.clock import Clock
from core.errors import Conflict, InputError
from core.sections import Money
from core.store import Session, Store, audit
from core.store import ledger as rows
from core.store.incidents import IncidentRow
from core.store.ledger import Act, CauseRow, Compensated, EntryRow

# A longer pause between two acts of one person is no work on the second: they were away.
LONGEST = timedelta(minutes=10)
MOST = 10**13  # cents; a typing mistake rather than money
UNKNOWN = "Not said yet"
SIGNS = {"$": {"USD", "CAD", "AUD", "NZD", "MXN", "SGD", "HKD"}, "€": {"EUR"}, "£": {"GBP"}, "¥": {"JPY", "CNY"}}
_NUMBER = r"\d{1,3}(?:[ ,.\u00a0\u202f]\d{3})*(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_AMOUNT = re.compile(
    rf"(?P<before>[$€£¥]|\b[A-Z]{{3}})\s?(?P<a>{_NUMBER})(?![\d%])|(?<![\d.,])(?P<b>{_NUMBER})\s?(?P<after>[$€£¥]|[A-Z]{{3}}\b)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Time that people spent on drafts. ``guessed`` of the decisions could not be timed and count as the median."""

    decisions: int = 0
    guessed: int = 0
    seconds: float = 0.0
    unknown: int = 0  # not even that: nothing was timed at all

    def __add__(self, other: "Work") -> "Work":
        return Work(
            decisions=self.decisions + other.decisions,
            guessed=self.guessed + other.guessed,
            seconds=self.seconds + other.seconds,
            unknown=self.unknown + other.unknown,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Counts and cents; nothing here is an assumption. ``unpriced``: customers promised something without a price."""

    given: int = 0
    compensated: int = 0
    unpriced: int = 0
    entered: int = 0
    work: Work = field(default_factory=Work)
    leaving: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            given=self.given + other.given,
            compensated=self.compensated + other.compensated,
            unpriced=self.unpriced + other.unpriced,
            entered=self.entered + other.entered,
            work=self.work + other.work,
            leaving=self.leaving + other.leaving,
        )

    def handling(self, money: Money) -> int | None:
        """Cents of the time spent; None without a price of a minute."""
        return None if money.minute_cost is None else round(self.work.seconds / 60 * money.minute_cost * 100)

    def spent(self, money: Money) -> int:
        """Cents: what is priced of compensation, entries and time."""
        return self.given + self.entered + (self.handling(money) or 0)

    def at_risk(self, money: Money) -> int | None:
        """Cents that leave with the customers who say they leave; None without a value of a customer."""
        return None if money.customer_value is None else round(self.leaving * money.customer_value * 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One incident, or what belongs to none."""

    incident: IncidentRow | None
    cause: str
    department: str
    credit_cents: int | None
    cost: Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All incidents of one cause and owner."""

    cause: str
    department: str
    incidents: int
    cost: Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    since: datetime | None
    lines: list[Line]  # the newest incident first; what belongs to none last
    groups: list[Group]  # the most expensive first
    total: Cost
    entries: Sequence[EntryRow]


def ledger(db: Session, *, brand: str, money: Money, since: datetime | None = None) -> Ledger:
    """The ledger of incidents that began since a moment, and of what was done since then without an incident."""
    costs, failures = _costs(db, brand, money, since=since), rows.failures(db, brand, since=since)
    causes = rows.causes(db, brand)
    lines = [_line(row, causes.get(row.id), costs.get(row.id, Cost())) for row in failures]
    if (loose := costs.get(None, Cost())) != Cost():
        lines.append(_line(None, None, loose))
    known = {row.id for row in failures} | {None}
    return Ledger(
        since=since,
        lines=lines,
        groups=_groups(lines, money),
        total=sum((line.cost for line in lines), Cost()),
        entries=[entry for entry in rows.entries(db, brand, since=since) if entry.incident_id in known],
    )


def cost_of(db: Session, *, brand: str, money: Money, incident_id: int) -> Cost:
    """What one incident cost; reads no more than its own rows."""
    return _costs(db, brand, money, incident_id=incident_id).get(incident_id, Cost())


def _line(incident: IncidentRow | None, cause: CauseRow | None, cost: Cost) -> Line:
    return Line(
        incident=incident,
        cause=(cause.cause if cause else "") or UNKNOWN,
        department=(cause.department if cause else "") or UNKNOWN,
        credit_cents=cause.credit_cents if cause else None,
        cost=cost,
    )


def _groups(lines: Iterable[Line], money: Money) -> list[Group]:
    found: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        # Two spellings of one cause are one cause.
        found[line.cause.casefold(), line.department.casefold()].append(line)
    groups = [
        Group(
            cause=same[0].cause,
            department=same[0].department,
            incidents=sum(line.incident is not None for line in same),
            cost=sum((line.cost for line in same), Cost()),
        )
        for same in found.values()
    ]
    return sorted(groups, key=lambda group: (-group.cost.spent(money), -group.cost.leaving, group.cause))


def _costs(
    db: Session, brand: str, money: Money, *, since: datetime | None = None, incident_id: int | None = None
) -> dict[int | None, Cost]:
    """By incident, or of one; None: belongs to no incident."""
    found: dict[int | None, Cost] = defaultdict(Cost)
    causes = rows.causes(db, brand, incident_id=incident_id)
    replies = rows.compensated(db, brand, since=since, incident_id=incident_id)
    for key, cost in _compensation(replies, causes, money.currency).items():
        found[key] += cost
    for entry in rows.entries(db, brand, since=since, incident_id=incident_id):
        found[entry.incident_id] += Cost(entered=entry.cents)
    acts = rows.acts(db, since=since, incident_id=incident_id)
    for key, work in handling(acts, rows.queued(db, brand, since=since, incident_id=incident_id)).items():
        found[key] += Cost(work=work)
    for key, customers in rows.leaving(db, brand, incident_id=incident_id).items():
        found[key] += Cost(leaving=customers)
    return found


# --- compensation ----------------------------------------------------------------------------------------------


def amount_in(text: str, currency: str) -> int | None:
    """The one amount a text names in this currency, in cents; None for none, several, or another currency."""
    found = {_cents(match["a"] or match["b"]) for match in _AMOUNT.finditer(text) if _is(match, currency)}
    return found.pop() if len(found) == 1 else None


def _is(match: re.Match[str], currency: str) -> bool:
    sign = match["before"] or match["after"]
    return sign == currency or currency in SIGNS.get(sign, ())


def _cents(number: str) -> int:
    """``1,000.50``, ``1.000,50``, ``10,5``: one or two digits behind the last mark are cents."""
    whole, cents = re.fullmatch(r"(.*?)(?:[.,](\d{1,2}))?", number, re.DOTALL).groups()  # type: ignore[union-attr]
    return int(re.sub(r"\D", "", whole) or "0") * 100 + int((cents or "0").ljust(2, "0"))


def _compensation(
    replies: Iterable[Compensated], causes: Mapping[int, CauseRow], currency: str
) -> dict[int | None, Cost]:
    """Each customer once an incident, with the highest amount they were told; else with what the cause says."""
    told: dict[tuple[int | None, int | None], int | None] = {}
    for reply in replies:
        key, amount = (reply.incident_id, reply.case_id), amount_in(reply.text, currency)
        before = told.get(key)
        told[key] = amount if before is None else max(before, amount or 0)
    found: dict[int | None, Cost] = defaultdict(Cost)
    for (incident_id, _), amount in told.items():
        cause = causes.get(incident_id) if incident_id is not None else None
        priced = amount if amount is not None else cause.credit_cents if cause else None
        found[incident_id] += Cost(given=priced or 0, compensated=1, unpriced=int(priced is None))
    return found


# --- people's time ---------------------------------------------------------------------------------------------


def handling(
    acts: Iterable[Act], queued: Mapping[int, tuple[int | None, datetime]], longest: timedelta = LONGEST
) -> dict[int | None, Work]:
    """How long people worked on the drafts of each incident, estimated.

    Nobody presses a stopwatch. An act took from the same person's act before, with whatever draft, or from when the
    draft came into the queue if that was later. Where more than ``longest`` passed they were away, and the act counts
    as the median of the acts on the same incident that could be timed.
    """
    timed: dict[int | None, list[tuple[Act, float | None]]] = defaultdict(list)
    before: dict[str, datetime] = {}
    for act in acts:
        if act.draft_id in queued:
            incident_id, came = queued[act.draft_id]
            passed = act.at - max(before.get(act.actor, came), came)
            timed[incident_id].append((act, passed.total_seconds() if timedelta(0) <= passed <= longest else None))
        before[act.actor] = act.at
    return {incident_id: _work(done) for incident_id, done in timed.items()}


def _work(timed: Sequence[tuple[Act, float | None]]) -> Work:
    """The time of the acts on one incident, each with its seconds if they could be timed."""
    known = [seconds for _, seconds in timed if seconds is not None]
    usual = median(known) if known else None
    missing = sum(act.decided for act, seconds in timed if seconds is None)
    return Work(
        decisions=sum(act.decided for act, _ in timed),
        guessed=missing if known else 0,
        seconds=sum(known) + (len(timed) - len(known)) * (usual or 0.0),
        unknown=0 if known else missing,
    )


# --- what people enter -----------------------------------------------------------------------------------------


def enter(
    store: Store,
    *,
    brand: str,
    incident_id: int | None,
    cents: int,
    customers: int | None,
    what: str,
    actor: str,
    clock: Clock,
) -> int:
    """Adds money spent by hand; returns the entry's id. Raises InputError for what cannot be an entry."""
    now = clock()
    if not what.strip():
        raise InputError("what: say what the money was for")
    if not 0 < cents < MOST:
        raise InputError("amount: must be above 0")
    with store.begin() as db:
        _known(db, brand, incident_id)
        row = EntryRow(brand=brand, incident_id=incident_id, cents=cents, customers=customers, what=what.strip())
        row.author, row.at = actor, now
        db.add(row)
        db.flush()
        audit.record(
            db, actor=actor, action="ledger.entered", subject=f"ledger:{row.id}", now=now, cents=cents, what=row.what
        )
        return row.id


def take_back(store: Store, *, brand: str, entry_id: int, actor: str, clock: Clock) -> None:
    """Voids an entry; it stays in the database. Raises Conflict when it does not stand."""
    now = clock()
    with store.begin() as db:
        if not rows.void(db, brand, entry_id, by=actor, now=now):
            raise Conflict("this entry does not stand any more")
        audit.record(db, actor=actor, action="ledger.voided", subject=f"ledger:{entry_id}", now=now)


def say_cause(
    store: Store,
    *,
    brand: str,
    incident_id: int,
    cause: str,
    department: str,
    credit_cents: int | None,
    actor: str,
    clock: Clock,
) -> None:
    """Says why an incident happened and who owns that; an older word is replaced. Raises InputError."""
    now = clock()
    with store.begin() as db:
        _known(db, brand, incident_id)
        row = db.get(CauseRow, incident_id) or CauseRow(incident_id=incident_id)
        row.cause, row.department, row.credit_cents = cause.strip(), department.strip(), credit_cents
        row.author, row.at = actor, now
        db.add(row)
        said = {"cause": row.cause, "department": row.department, "credit_cents": credit_cents}
        audit.record(db, actor=actor, action="incident.cause", subject=f"incident:{incident_id}", now=now, **said)


def _known(db: Session, brand: str, incident_id: int | None) -> None:
    row = db.get(IncidentRow, incident_id) if incident_id is not None else None
    if incident_id is not None and (row is None or row.brand != brand):
        raise InputError(f"incident: there is no incident {incident_id}")
