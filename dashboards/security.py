"""What every answer carries against a hostile page, and the check that a change was asked for by our own."""

import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REPORTS = "/csp-report"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        f"report-uri {REPORTS}",
        "report-to csp",
    )
)
OFF = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "microphone", "payment", "usb")
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Reporting-Endpoints": f'csp="{REPORTS}"',
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in OFF),
}
FOREVER = "public, max-age=31536000, immutable"


class SecurityHeaders:
    """ASGI middleware: puts the headers on every answer. Plain ASGI, so that streams pass through untouched."""

    def __init__(self, app: ASGIApp, *, https: bool, static: str) -> None:
        self.app = app
        self.static = static  # address under which nothing ever changes
        self.headers = dict(HEADERS)
        if https:
            self.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self.headers)
                unchanging = scope["path"].startswith(self.static) and message["status"] == 200
                headers.setdefault("Cache-Control", FOREVER if unchanging else "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)


def same_site(headers: Headers, public_url: str) -> bool:
    """Whether an unsafe request comes from our own pages, by Sec-Fetch-Site, or Origin where a browser sends none.

    ``Origin: null`` is what our own forms send under no-referrer, so it says nothing; nor does a client that sends
    neither header, which is no browser that a page could trick. Both are still asked for the token.
    (Algorithm: Filippo Valsorda, "A modern approach to preventing CSRF", 2025.)
    """
    fetch_site = headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None or origin == "null":
        return True
    host = urlsplit(origin).netloc
    return bool(host) and host in (headers.get("host"), urlsplit(public_url).netloc)


def same_token(given: str | None, expected: str) -> bool:
    """Constant-time comparison; an empty token is never right."""
    return bool(given and expected) and hmac.compare_digest(str(given).encode(), expected.encode())
