"""The review of an incident: a page to read together and to print, and the same as data."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import JSONResponse, Response

from core.errors import InputError
from core.store.rollups import RollupRow
from dashboards import reviewing, series
from dashboards.auth import Viewer, deps_of, require
from dashboards.languages import _, later, pgettext
from dashboards.pages import page
from dashboards.series import FEW
from dashboards.spoken import dated
from dashboards.views.incident import Id
from incidents import review as use_case
from incidents.review import Review

router = APIRouter()
MOST_HOURS = 24 * 8  # more would not be told apart: days then
TICKS = 8


def look(request: Request, incident_id: int) -> Review:
    deps = deps_of(request)
    settings = deps.settings
    try:
        with deps.store.read() as db:
            return use_case.review(
                db, brand=settings.brand.name, money=settings.money, incident_id=incident_id, now=deps.clock()
            )
    except InputError:
        raise HTTPException(404) from None


@router.get("/incidents/{incident_id}/review")
def show(request: Request, signed: Viewer, incident_id: Id) -> Response:
    found, settings = look(request, incident_id), deps_of(request).settings
    return page(
        request,
        "review.html",
        signed,
        title=_("Review: %(title)s", title=found.incident.title),
        found=found,
        course=course(request, found),
        money=settings.money,
        zone=settings.brand.time_zone,
        say=reviewing,
        few=FEW,
        all=found.reached[-1],
    )


@router.get("/incidents/{incident_id}/review/chart", dependencies=[Depends(require("viewer"))])
def chart(request: Request, incident_id: Id) -> JSONResponse:
    """How it sounded, for js/bars.js."""
    found = look(request, incident_id)
    buckets = course(request, found)
    step = max(1, len(buckets) // TICKS)
    kinds = (later("negative", "mentions"), later("neutral", "mentions"), later("positive", "mentions"))
    return JSONResponse(
        {
            "title": _("Mentions by sentiment, before, during and after"),
            "labels": [bucket[0] for bucket in buckets],
            "ticks": [_tick(bucket[1]) if place % step == 0 else "" for place, bucket in enumerate(buckets)],
            "series": [
                {
                    "name": pgettext("mentions", kind),
                    "colour": kind,
                    "values": [getattr(bucket[3], kind) for bucket in buckets],
                }
                for kind in kinds
            ],
            "shaded": [place for place, bucket in enumerate(buckets) if bucket[2] == "during"],
            "shade": _("during the incident"),
            "whole": True,
        }
    )


def _tick(start: datetime) -> str:
    return dated(start, "%a %H:%M" if start.hour or start.minute else f"%a {start.day} %b")


def course(request: Request, found: Review) -> list[tuple[str, datetime, str, Any]]:
    """Label, start, stretch and counts of every hour, or of every day of a long incident; oldest first."""
    zone, span = deps_of(request).settings.brand.zone(), series.SPANS["24h"]
    hours = [
        (series.label(row.hour.astimezone(zone), span), row.hour.astimezone(zone), _stretch(found, row), row)
        for row in found.hours
    ]
    if len(hours) <= MOST_HOURS:
        return hours
    days: dict[object, tuple[str, datetime, str, Any]] = {}
    for _label, start, stretch, row in hours:
        label = series.label(start, series.SPANS["30d"])
        before = days.get(start.date())
        counts = series.counts_of(row) + (before[3] if before else series.Counts())
        inside = stretch if before is None or stretch == "during" else before[2]
        days[start.date()] = (label, before[1] if before else start, inside, counts)
    return list(days.values())


def _stretch(found: Review, row: RollupRow) -> str:
    return next((mood.name for mood in found.moods if mood.start <= row.hour < mood.end), "after")
