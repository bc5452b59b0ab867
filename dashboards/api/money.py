"""What failures cost, and the review of an incident. Amounts are cents, waits seconds, null is not known."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel

from core.domain import IncidentStatus
from core.errors import InputError
from dashboards import reviewing
from dashboards.api.callers import Reader
from dashboards.api.problems import ProblemError
from dashboards.api.times import Stamp
from dashboards.auth import deps_of
from dashboards.views import money as page
from incidents.review import review

router = APIRouter(tags=["figures"])
Id = Annotated[int, Path(ge=1, lt=2**31)]


class Cost(BaseModel):
    currency: str
    compensation: int
    customers_compensated: int
    customers_without_a_price: int
    entered: int
    handling_seconds: int
    handling: int | None
    decisions: int
    decisions_timed: int
    spent: int | None
    customers_leaving: int
    at_risk: int | None


class Assumptions(BaseModel):
    currency: str
    minute_cost: float | None
    customer_value: float | None


class CauseCost(Cost):
    cause: str
    department: str
    incidents: int


class IncidentCost(Cost):
    incident: int | None
    title: str
    started_at: Stamp | None
    cause: str
    department: str


class Money(BaseModel):
    since: Stamp | None
    assumptions: Assumptions
    total: Cost
    causes: list[CauseCost]
    incidents: list[IncidentCost]


@router.get("/money", response_model=Money)
def money(
    request: Request,
    _caller: Reader,
    span: Annotated[Literal[tuple(page.RANGES)], Query(alias="range")] = "90d",  # type: ignore[valid-type]
) -> Any:
    """What failures cost."""
    deps = deps_of(request)
    return reviewing.ledger_data(page.look(deps, span), deps.settings.money)


class Reviewed(BaseModel):
    id: int
    title: str
    status: IncidentStatus
    started_at: Stamp
    resolved_at: Stamp | None


class Reached(BaseModel):
    """The customers of one audience size; ``few``: too few for a share."""

    size: str
    customers: int
    reachable: int
    answered: int
    wait_median: float | None
    wait_longest: float | None
    few: bool


class Mood(BaseModel):
    name: Literal["before", "during", "after"]
    start: Stamp
    end: Stamp
    volume: int
    negative: int
    neutral: int
    positive: int
    outage_anger: int
    few: bool


class Kept(BaseModel):
    kept: int
    broken: int
    open: int
    overdue: int
    withdrawn: int


class Helped(BaseModel):
    text: str
    stage: str
    language: str


class Review(BaseModel):
    incident: Reviewed
    at: Stamp
    over: bool
    first_complaint: Stamp | None
    opened_at: Stamp
    opened_by: str
    detection_delay: float | None
    first_reply: Stamp | None
    first_reply_delay: float | None
    answered_by_audience: list[Reached]
    sentiment: list[Mood]
    promises: Kept
    cost: Cost
    replies: int
    wrote_again: int
    turned_positive: int
    helped: list[Helped]


@router.get("/incidents/{incident}/review", response_model=Review)
def incident_review(request: Request, _caller: Reader, incident: Id) -> Any:
    deps = deps_of(request)
    brand, prices = deps.settings.brand.name, deps.settings.money
    try:
        with deps.store.read() as db:
            found = review(db, brand=brand, money=prices, incident_id=incident, now=deps.clock())
    except InputError:
        raise ProblemError(404, f"There is no incident {incident}.") from None
    return reviewing.review_data(found, prices)
