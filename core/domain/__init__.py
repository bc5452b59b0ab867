"""Frozen values, enums and legal status moves; pure, no I/O."""

from core.domain.draft import (
    DELIVERY_MOVES,
    DeliveryStatus,
    DraftStatus,
    Finding,
    Level,
    Target,
    Written,
    sha256,
)
from core.domain.incident import FACT_NAMES, LEGAL_MOVES, OPEN, FactSheet, IncidentStatus, Voice
from core.domain.journey import Move, Plan, Stage
from core.domain.mention import Eligibility, Mention, MentionStatus, Platform
from core.domain.reading import About, Emotion, Impact, Intent, Reading, Sentiment

__all__ = [
    "DELIVERY_MOVES",
    "FACT_NAMES",
    "LEGAL_MOVES",
    "OPEN",
    "About",
    "DeliveryStatus",
    "DraftStatus",
    "Eligibility",
    "Emotion",
    "FactSheet",
    "Finding",
    "Impact",
    "IncidentStatus",
    "Intent",
    "Level",
    "Mention",
    "MentionStatus",
    "Move",
    "Plan",
    "Platform",
    "Reading",
    "Sentiment",
    "Stage",
    "Target",
    "Voice",
    "Written",
    "sha256",
]
