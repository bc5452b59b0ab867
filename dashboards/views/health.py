"""For machines: is the process there, do its parts work, what does it count; and where browsers send reports."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from core.store import cursors, mentions, queue, waiting
from dashboards.auth import deps_of
from dashboards.security import REPORTS

router = APIRouter()
LARGEST_REPORT = 8192


@router.get("/healthz")
def alive() -> JSONResponse:
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
def ready(request: Request) -> JSONResponse:
    checks = deps_of(request).readiness()
    ok = all(check.ok for check in checks)
    body = {check.name: {"ok": check.ok, "detail": check.detail} for check in checks}
    return JSONResponse({"status": "ready" if ok else "not ready", "checks": body}, status_code=200 if ok else 503)


def _label(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


@router.get("/metrics")
def metrics(request: Request) -> PlainTextResponse:
    """Prometheus text format 0.0.4."""
    known = deps_of(request).settings.sources
    with deps_of(request).store.read() as db:
        kept, many = mentions.count(db), waiting.count_all(db)
        by_status = queue.deliveries_by_status(db)
        sources = [(row.source, row.failures) for row in cursors.all_rows(db) if row.source in known]
    live = request.app.state.live
    lines = ["# TYPE amends_mentions gauge", f"amends_mentions {kept}"]
    lines += ["# TYPE amends_drafts_waiting gauge", f"amends_drafts_waiting {many}"]
    lines += ["# TYPE amends_deliveries gauge"]
    lines += [f'amends_deliveries{{status="{_label(status)}"}} {count}' for status, count in sorted(by_status.items())]
    lines += ["# HELP amends_source_failures Failed polls in a row.", "# TYPE amends_source_failures gauge"]
    lines += [f'amends_source_failures{{source="{_label(name)}"}} {failures}' for name, failures in sources]
    lines += ["# TYPE amends_live_streams gauge", f"amends_live_streams {live.streams}"]
    lines += [
        "# HELP amends_event_loop_lag_seconds How late the event loop woke up last.",
        "# TYPE amends_event_loop_lag_seconds gauge",
    ]
    lines += [f"amends_event_loop_lag_seconds {live.lag:.4f}"]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


@router.post(REPORTS)
async def csp_report(request: Request) -> Response:
    """A browser says that the policy blocked something: a bug of ours or an attack that failed, worth a line."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_REPORT:
            return Response(status_code=413)
    request.app.state.csp_reports.add(body.decode(errors="replace"))
    return Response(status_code=204)
