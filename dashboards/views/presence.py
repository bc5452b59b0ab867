"""A page says which reply it shows, and whether somebody types there."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from dashboards.auth import Viewer
from dashboards.presence import Presence

router = APIRouter()


class Here(BaseModel):
    """``page`` is what a tab calls itself; without ``draft`` it shows no reply any more."""

    page: str = Field(pattern=r"^[a-zA-Z0-9-]{1,40}$")
    draft: Annotated[int, Field(ge=1, lt=2**31)] | None = None
    editing: bool = False


@router.post("/presence")
async def here(request: Request, signed: Viewer, body: Here) -> Response:
    """Said at every change and every some seconds; nothing is written to the database."""
    board: Presence = request.app.state.presence
    now = asyncio.get_running_loop().time()
    editing = body.editing and signed.can("approver")
    board.note(signed.token_hash, body.page, name=signed.name, draft=body.draft, editing=editing, now=now)
    return Response(status_code=204)
