"""The description of the interface, OpenAPI 3.1, made from the routes that serve it."""

import importlib.metadata
from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import JSONResponse, Response

from dashboards import bodies
from dashboards.api.problems import KIND, Problem

ADDRESS = "/openapi.json"
RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "Why nothing was done.",
        "content": {KIND: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}
WORDS = """Every call shows a token: `Authorization: Bearer amends_…`. A token never approves or sends a reply: a person
does.

Errors are problem details (RFC 9457). Times are RFC 3339 with offset. Lists come a page at a time: send `next` as
`after`. After too many requests: 429, with `Retry-After`. A body that is too large, by default of
more than 1 MB: 413."""


def _too_large(most: int) -> dict[str, Any]:
    same = RESPONSES["default"]["content"]
    return {"description": f"The body is larger than {bodies.in_words(most)}; nothing was done.", "content": same}


def document(api: FastAPI, prefix: str) -> dict[str, Any]:
    """The whole description; paths with the prefix under which the interface is served."""
    made = get_openapi(
        title="Amends", version=importlib.metadata.version("amends"), description=WORDS, routes=api.routes
    )
    made["paths"] = {prefix + path: operations for path, operations in made["paths"].items()}
    for path, operations in made["paths"].items():
        for operation in operations.values():
            if "requestBody" in operation:
                operation["responses"]["413"] = _too_large(bodies.of_interface(path.removeprefix(prefix)))
    shapes = made["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    shapes |= problem.pop("$defs", {}) | {"Problem": problem}
    return made


def add_to(api: FastAPI, prefix: str) -> None:
    """Serves it, to anybody: it says nothing of the brand."""
    known: list[dict[str, Any]] = []

    def describe(_request: Request) -> Response:
        if not known:
            known.append(document(api, prefix))
        return JSONResponse(known[0])

    api.add_route(ADDRESS, describe)
