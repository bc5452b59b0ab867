"""What the pages need from outside, handed in by the wiring."""

from collections.abc import Callable
from dataclasses import dataclass

from core.clock import Clock
from core.domain import Finding
from core.settings import Settings
from core.store import Store
from responder.approval import Route
from responder.gate import Candidate


@dataclass(frozen=True, slots=True)
class Check:
    """One line of /readyz: a part of the service and whether it works."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    store: Store
    settings: Settings
    clock: Clock
    inspect: Callable[[Candidate], tuple[Finding, ...]]
    route: Callable[[str], Route | None]  # platform → who posts there
    readiness: Callable[[], list[Check]]
