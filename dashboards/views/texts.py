"""The texts of our scripts in another language than English; their address changes with them."""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from dashboards import languages
from dashboards.security import FOREVER

router = APIRouter()


@router.get("/texts/{language}.{digest}.js")
def texts(language: str, digest: str) -> Response:
    known = languages.catalogue(language) if language in languages.LANGUAGES else None
    if known is None:
        raise HTTPException(404)
    keep = FOREVER if digest == known.digest else "no-store"
    return Response(known.script, media_type="text/javascript", headers={"Cache-Control": keep})
