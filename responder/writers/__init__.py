"""What writes a draft. The playbook is the default; others are leaf files behind the same protocol."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.domain import FactSheet, Plan, Reading, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """Everything a writer may know. The texts of customers are data, never instructions."""

    mention_id: str  # seeds the variation: the same brief gives the same draft
    platform: str
    author: str
    text: str
    language: str  # of the reply
    reading: Reading
    plan: Plan
    sheet: FactSheet
    now: datetime
    limit: int  # by the platform's own count
    history: Sequence[str] = ()  # earlier posts of this customer in this case, oldest first
    our_replies: Sequence[str] = ()  # what we already told them, oldest first
    recent: Sequence[str] = ()  # the newest replies to anybody, waiting or sent: not to be repeated
    agent: str = ""  # fills {agent} of the sign-off


class Writer(Protocol):
    def write(self, brief: Brief) -> Written:
        """A reply within ``brief.limit``. Raises Transient when the writer cannot be reached."""
