"""What the pages need from outside, handed in by the wiring."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from classifier.why import Because
from core.clock import Clock
from core.domain import Finding, Mention
from core.settings import Settings
from core.store import Store
from responder.approval import Route
from responder.gate import Candidate
from responder.publishers import Publisher


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
    publishers: Callable[[], Mapping[str, Publisher]] = dict  # by config section; connect when they are first used
    why: Callable[[str, str], Sequence[Because]] | None = (
        None  # text, language → words that moved it; None: cannot tell
    )
    wanted: Callable[[Mention], bool] = lambda _mention: True  # whether the brand listens for such a post
    drill: bool = False  # a rehearsal: every page says so

    def past_since(self) -> datetime:
        """What was resolved before this and is not closed is past for everybody but its lead."""
        return self.clock() - self.settings.incidents.past_after()
