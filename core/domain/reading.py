"""What the classifier says of a mention. Definitions of every label: docs/labels.md."""

from dataclasses import dataclass
from enum import StrEnum


class Sentiment(StrEnum):
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Emotion(StrEnum):
    ANGER = "anger"
    ANNOYANCE = "annoyance"
    ANXIETY = "anxiety"
    SADNESS = "sadness"
    CONFUSION = "confusion"
    JOY = "joy"
    NEUTRAL = "neutral"


class Intent(StrEnum):
    OUTAGE_REPORT = "outage_report"
    STATUS_QUESTION = "status_question"
    COMPLAINT = "complaint"
    SUPPORT_REQUEST = "support_request"
    COMPENSATION_REQUEST = "compensation_request"
    CHURN_THREAT = "churn_threat"
    PRAISE = "praise"
    SUGGESTION = "suggestion"
    QUESTION = "question"
    OTHER = "other"


class Impact(StrEnum):
    NONE = "none"
    WORK = "work"
    BUSINESS = "business"
    SAFETY = "safety"
    FAMILY = "family"
    EDUCATION = "education"
    MONEY = "money"
    LEISURE = "leisure"


class About(StrEnum):
    SERVICE = "service"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Scores are probabilities in 0..1; ``sentiment_score`` is P(positive) - P(negative) in -1..1."""

    sentiment: Sentiment
    sentiment_score: float
    emotion: Emotion
    intents: tuple[Intent, ...]
    outage: bool
    outage_score: float
    angry: bool
    angry_score: float
    impact: Impact
    about: About
    language: str  # BCP 47 primary tag, "und" when it cannot be told
    confidence: float  # 0..1, the least sure of sentiment, outage and angry
    model: str  # name@version

    @property
    def outage_anger(self) -> bool:
        return self.outage and self.angry
