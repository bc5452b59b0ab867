"""How large a request may be, so that nobody fills the memory of the service. More is answered with 413."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KB, MB = 1024, 1024 * 1024
PAGES = 4 * MB
INTERFACE = {"/mentions": 16 * MB, "/promotions/hold": 8 * KB, "": 1 * MB}
"""Bytes of a body by the beginning of its path below the interface's prefix."""
WITHOUT = ("GET", "HEAD", "OPTIONS")


def too_large(most: int) -> HTTPException:
    return HTTPException(413, f"This request is larger than {in_words(most)}: send less at once.")


def in_words(size: int) -> str:
    """``16 MB``, ``8 KB``."""
    return f"{size // MB} MB" if size >= MB else f"{size // KB} KB"


def of_interface(path: str) -> int:
    """How much may be sent to an address below the interface's prefix."""
    return next(size for beginning, size in INTERFACE.items() if path.startswith(beginning))


class LargestBody:
    """ASGI middleware: measures what is read of a body. ``prefix``: that of the interface, with limits of its own."""

    def __init__(self, app: ASGIApp, *, prefix: str) -> None:
        self.app = app
        self.prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in WITHOUT:
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        most = of_interface(path.removeprefix(self.prefix)) if path.startswith(f"{self.prefix}/") else PAGES
        declared, taken = Headers(scope=scope).get("content-length", ""), 0
        over = declared.isascii() and declared.isdigit() and int(declared[:20]) > most

        async def measured() -> Message:
            nonlocal taken
            if over:  # raised where the body is asked for: the answer then is that of the page or of the interface
                raise too_large(most)
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise too_large(most)
            return message

        await self.app(scope, measured, send)
