"""The stream of live events, and the bar that follows them."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, StreamingResponse

from dashboards.auth import Viewer, deps_of, signed_by
from dashboards.live import Live
from dashboards.pages import fragment, pages_of

router = APIRouter()


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


@router.get("/events")
def events(request: Request, signed: Viewer, last: str | None = None) -> StreamingResponse:
    """Server-sent events. A page starts from ``?last=ID``; a browser that reconnects sends Last-Event-ID itself."""
    live: Live = request.app.state.live
    deps = deps_of(request)
    start = _number(request.headers.get("last-event-id"))
    stream = live.stream(
        _number(last) if start is None else start, lambda: signed_by(deps, signed.token_hash) is not None
    )
    return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


@router.get("/bar")
def bar(request: Request, _signed: Viewer) -> HTMLResponse:
    """The incident bar as it stands now."""
    return fragment(request, "_bar.html", bar=pages_of(request).bar())
