"""The app of a test. Each test has its own, and the templates are the same: they are compiled once for all of them."""

from fastapi import FastAPI
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from dashboards import app
from dashboards.deps import Deps


class _Compiled(BytecodeCache):
    """What a template is compiled to, by its name and its text."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], object] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))  # type: ignore[assignment]

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def create_app(deps: Deps) -> FastAPI:
    made = app.create_app(deps)
    made.state.pages.env.bytecode_cache = _COMPILED
    return made
