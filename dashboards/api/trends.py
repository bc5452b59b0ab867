"""The series of the page Trends."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from core.domain import IncidentStatus, Platform
from dashboards import series
from dashboards.api.callers import Reader
from dashboards.api.times import Stamp
from dashboards.auth import deps_of
from dashboards.views import trends as page

router = APIRouter(tags=["figures"])


class Counts(BaseModel):
    """Mentions of some stretch of time, by what the classifier read in them."""

    volume: int
    negative: int
    neutral: int
    positive: int
    outage: int
    outage_anger: int


class Bucket(Counts):
    """``tick``: what stands under the axis here."""

    start: Stamp
    label: str
    tick: str


class Part(BaseModel):
    platform: str
    name: str
    total: Counts
    buckets: list[Counts]


class Shade(BaseModel):
    """An incident, and the first and the last bucket it touches."""

    id: int
    title: str
    status: IncidentStatus
    started_at: Stamp
    ended_at: Stamp | None
    first_bucket: int
    last_bucket: int


class Week(BaseModel):
    """How often people agreed with the readings in the week that began on this Monday."""

    week: date
    decided: int
    agreed: int
    corrected: dict[str, int]


class Trend(BaseModel):
    """Series by hour or day in the brand's time zone. ``before``: the stretch before it; null when not known."""

    range: str
    bucket: Literal["hour", "day"]
    platform: str | None
    platforms: list[str]
    time_zone: str
    begins: Stamp = Field(alias="from")
    to: Stamp
    total: Counts
    before: Counts | None
    buckets: list[Bucket]
    by_platform: list[Part]
    incidents: list[Shade]
    agreement: list[Week]


@router.get("/trends", response_model=Trend)
def trends(
    request: Request,
    _caller: Reader,
    span: Annotated[Literal[tuple(series.SPANS)], Query(alias="range")] = "24h",  # type: ignore[valid-type]
    platform: Platform | Literal[""] = "",
) -> Any:
    """The series of the page Trends. ``platform`` empty: all of them."""
    return page.as_json(page.look(deps_of(request), series.SPANS[span], platform))
