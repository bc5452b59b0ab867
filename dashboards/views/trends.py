"""Trends: how much is said, how it sounds and how much of it is outage anger, by hour or day and platform."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import JSONResponse, Response

from core.clock import iso
from core.store import corrections, rollups, trends
from core.store.incidents import IncidentRow
from core.store.rollups import RollupRow
from dashboards import agreement, series
from dashboards.agreement import Week
from dashboards.auth import Viewer, deps_of, require
from dashboards.deps import Deps
from dashboards.languages import _
from dashboards.pages import page
from dashboards.series import Counts, Figure, Span
from dashboards.wording import PLATFORMS

router = APIRouter()
SpanKey = Annotated[str, Query(alias="range")]


@dataclass(frozen=True, slots=True)
class Part:
    """One platform's share of the picture."""

    platform: str
    name: str
    buckets: list[Counts]
    total: Counts


@dataclass(frozen=True, slots=True)
class Shade:
    """An incident behind the bars: the first and the last bucket it touches."""

    incident: IncidentRow
    ended_at: datetime | None
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Trend:
    """Everything the page and the JSON tell."""

    span: Span
    platform: str
    platforms: list[str]
    zone: str
    begins: list[datetime]
    end: datetime
    buckets: list[Counts]
    total: Counts
    before: Counts | None  # None: mentions do not reach back that far
    figures: tuple[Figure, ...]
    parts: list[Part]
    shades: list[Shade]
    first_hour: datetime | None
    agreed: list[Week]  # newest first

    def rows(self) -> list[tuple[str, datetime, Counts]]:
        """The table: newest first."""
        pairs = zip(self.begins, self.buckets, strict=True)
        return [(series.label(start, self.span), start, counts) for start, counts in pairs][::-1]


def look(deps: Deps, span: Span, platform: str) -> Trend:
    """Reads the rollups of the span and of the one before. ``platform`` "": all of them."""
    brand, zone, now = deps.settings.brand.name, deps.settings.brand.zone(), deps.clock()
    begins, end = series.starts(span, now, zone), series.end_of(now)
    then = series.before(span, now, zone)
    with deps.store.read() as db:
        seen = trends.platforms(db, brand)
        rows = rollups.between(db, brand=brand, start=begins[0], end=end)
        old = rollups.between(db, brand=brand, start=then[0], end=then[1])
        incidents = trends.incidents_between(db, brand, begins[0], min(now, end))
        first = trends.first_hour(db, brand)
        weeks = agreement.weeks(now, zone)
        decided = corrections.judged(db, brand=brand, start=weeks[0], end=now + series.HOUR)
    parts = [_part(name, rows, begins, span, deps) for name in seen]
    shown = [part for part in parts if platform in ("", part.platform)]
    buckets = [series.total(column) for column in zip(*(part.buckets for part in shown), strict=True)]
    total = series.total(buckets)
    complete = first is not None and first <= then[0]
    before = series.total(series.counts_of(row) for row in old if platform in ("", row.platform)) if complete else None
    return Trend(
        span=span,
        platform=platform,
        platforms=seen,
        zone=deps.settings.brand.time_zone,
        begins=begins,
        end=end.astimezone(zone),
        buckets=buckets or [Counts()] * len(begins),
        total=total,
        before=before,
        figures=series.figures(total, before, series.compared_with(span, then[1])),
        parts=sorted((part for part in shown if part.total.volume), key=lambda part: -part.total.volume),
        shades=[_shade(incident, begins, now) for incident in incidents],
        first_hour=first,
        agreed=agreement.by_week(decided, weeks),
    )


def _part(platform: str, rows: Sequence[RollupRow], begins: list[datetime], span: Span, deps: Deps) -> Part:
    own = (row for row in rows if row.platform == platform)
    buckets = series.fill(own, begins, span, deps.settings.brand.zone())
    return Part(platform, PLATFORMS.get(platform, platform), buckets, series.total(buckets))


def _shade(incident: IncidentRow, begins: list[datetime], now: datetime) -> Shade:
    ended = trends.ended_at(incident)
    first, last = series.place_of(incident.started_at, begins), series.place_of(ended or now, begins)
    return Shade(incident, ended, first, last)


def as_json(trend: Trend) -> dict[str, Any]:
    """The public shape of /api/v1/trends: times RFC 3339, counts as integers."""
    begins = list(enumerate(trend.begins))
    return {
        "range": trend.span.key,
        "bucket": trend.span.bucket,
        "platform": trend.platform or None,
        "platforms": trend.platforms,
        "time_zone": trend.zone,
        "from": trend.begins[0].isoformat(),
        "to": trend.end.isoformat(),
        "total": asdict(trend.total),
        "before": asdict(trend.before) if trend.before else None,
        "buckets": [
            {
                "start": start.isoformat(),
                "label": series.label(start, trend.span),
                "tick": series.tick(start, trend.span, place),
            }
            | asdict(trend.buckets[place])
            for place, start in begins
        ],
        "by_platform": [
            {"platform": part.platform, "name": part.name, "total": asdict(part.total)}
            | {"buckets": [asdict(counts) for counts in part.buckets]}
            for part in trend.parts
        ],
        "incidents": [
            {
                "id": shade.incident.id,
                "title": shade.incident.title,
                "status": shade.incident.status,
                "started_at": iso(shade.incident.started_at),
                "ended_at": iso(shade.ended_at) if shade.ended_at else None,
                "first_bucket": shade.first,
                "last_bucket": shade.last,
            }
            for shade in trend.shades
        ],
        "agreement": [
            {"week": week.start.date().isoformat(), "decided": week.decided, "agreed": week.agreed}
            | {"corrected": dict(week.corrected)}
            for week in trend.agreed
        ],
    }


@router.get("/trends/chart", dependencies=[Depends(require("viewer"))])
def chart(request: Request, span: SpanKey = "24h", platform: str = "") -> JSONResponse:
    """The numbers of the page for js/trends.js, their labels in the reader's language."""
    return JSONResponse(as_json(_look(request, span, platform)))


def _look(request: Request, span: str, platform: str) -> Trend:
    chosen = series.SPANS.get(span, series.SPANS["24h"])
    return look(deps_of(request), chosen, platform if platform in PLATFORMS else "")


@router.get("/trends")
def show(request: Request, signed: Viewer, span: SpanKey = "24h", platform: str = "") -> Response:
    trend = _look(request, span, platform)
    names = [(key, PLATFORMS.get(key, key)) for key in trend.platforms]
    return page(
        request, "trends.html", signed, title=_("Trends"), trend=trend, spans=series.SPANS.values(), names=names
    )
