"""The checks a draft must pass: one check a file, run in the order of ``registry.CHECKS``."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain import FactSheet
from responder.lengths import Bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A reply and what it may rest on: the fact sheet and the customer's own words."""

    reply: str
    platform: str
    mention: str
    sheet: FactSheet
    author: str = ""
    history: Sequence[str] = ()  # earlier posts of this customer
    recent: Sequence[str] = ()  # newest other replies
    named: Sequence[str] = ()  # whom the post named beside us: a reply may name them too
    bounds: Bounds | None = None  # of a server that sets its own; None: the platform's usual ones
