"""What the classifier says of a mention. Definitions of every label: docs/labels.md."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

HIGH, MEDIUM = 0.93, 0.82
"""Least confidence of the bands above low, chosen on gold_dev: see `amends evaluate`."""


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


class Band(StrEnum):
    """How far a reading can be trusted. On the pages: sure, fairly sure, unsure."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


def band_of(confidence: float) -> Band:
    """The band of a confidence in 0..1."""
    if confidence >= HIGH:
        return Band.HIGH
    return Band.MEDIUM if confidence >= MEDIUM else Band.LOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Scores are probabilities in 0..1; ``sentiment_score`` is P(positive) - P(negative) in -1..1."""

    sentiment: Sentiment
    sentiment_score: float
    emotion: Emotion
    intents: tuple[Intent, ...]  # the main one first
    outage: bool
    outage_score: float
    angry: bool
    angry_score: float
    impact: Impact
    about: About
    language: str  # BCP 47 primary tag, "und" when it cannot be told
    confidence: float  # 0..1, the share right that can be expected of outage, angry, sentiment and the main intent
    model: str  # name@version

    @property
    def outage_anger(self) -> bool:
        return self.outage and self.angry

    @property
    def band(self) -> Band:
        """How far to trust the reading, in three steps."""
        return band_of(self.confidence)

    def plain(self) -> dict[str, Any]:
        """As JSON values, by the names the interfaces give them."""
        return {
            "sentiment": self.sentiment.value,
            "sentiment_score": round(self.sentiment_score, 4),
            "emotion": self.emotion.value,
            "intents": [intent.value for intent in self.intents],
            "outage": self.outage,
            "outage_score": round(self.outage_score, 4),
            "angry": self.angry,
            "angry_score": round(self.angry_score, 4),
            "outage_anger": self.outage_anger,
            "impact": self.impact.value,
            "about": self.about.value,
            "language": self.language,
            "model": self.model,
            "confidence": self.band.value,
            "confidence_score": round(self.confidence, 4),
        }


class BadLabelError(ValueError):
    """A label that does not exist, or a value of the wrong kind; the message names the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What a person may correct of a reading, and of the mention it belongs to."""

    sentiment: Sentiment
    emotion: Emotion
    intents: tuple[Intent, ...]
    outage: bool
    angry: bool
    impact: Impact
    about: About
    language: str
    relevant: bool = True  # about the brand at all
    spam: bool = False

    @staticmethod
    def of(reading: Reading, *, relevant: bool = True, spam: bool = False) -> "Labels":
        """The labels of a reading as they stand."""
        names = ("sentiment", "emotion", "outage", "angry", "impact", "about", "language")
        intents = tuple(sorted(reading.intents, key=_PLACE))
        return Labels(**{name: getattr(reading, name) for name in names}, intents=intents, relevant=relevant, spam=spam)

    @staticmethod
    def parse(plain: Mapping[str, Any]) -> "Labels":
        """From JSON values. Raises BadLabelError."""
        intents = plain.get("intents")
        if not isinstance(intents, list) or not intents:
            raise BadLabelError("intents: a list of at least one is expected")
        return Labels(
            sentiment=_one_of(Sentiment, plain, "sentiment"),
            emotion=_one_of(Emotion, plain, "emotion"),
            intents=tuple(sorted({_one_of(Intent, {"intents": intent}, "intents") for intent in intents}, key=_PLACE)),
            outage=_yes_no(plain, "outage"),
            angry=_yes_no(plain, "angry"),
            impact=_one_of(Impact, plain, "impact"),
            about=_one_of(About, plain, "about"),
            language=_tag(plain),
            relevant=_yes_no({"relevant": True} | dict(plain), "relevant"),
            spam=_yes_no({"spam": False} | dict(plain), "spam"),
        )

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: value.value if isinstance(value, StrEnum) else value for name, value in values.items()} | {
            "intents": [intent.value for intent in self.intents]
        }

    def over(self, reading: Reading) -> Reading:
        """The reading with these labels. The score of a label that changes becomes certain: a person said so."""
        sentiment_score = (
            _SCORES[self.sentiment] if self.sentiment is not reading.sentiment else reading.sentiment_score
        )
        return replace(
            reading,
            sentiment=self.sentiment,
            sentiment_score=sentiment_score,
            emotion=self.emotion,
            intents=reading.intents if set(self.intents) == set(reading.intents) else self.intents,
            outage=self.outage,
            outage_score=float(self.outage) if self.outage is not reading.outage else reading.outage_score,
            angry=self.angry,
            angry_score=float(self.angry) if self.angry is not reading.angry else reading.angry_score,
            impact=self.impact,
            about=self.about,
            language=self.language,
        )


_SCORES = {Sentiment.NEGATIVE: -1.0, Sentiment.NEUTRAL: 0.0, Sentiment.POSITIVE: 1.0}
_PLACE = list(Intent).index
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_Label = TypeVar("_Label", bound=StrEnum)


def _one_of(kind: type[_Label], plain: Mapping[str, Any], key: str) -> _Label:
    value = plain.get(key)
    if not isinstance(value, str) or value not in set(kind):
        raise BadLabelError(f"{key}: {value!r} is not one of {', '.join(kind)}")
    return kind(value)


def _yes_no(plain: Mapping[str, Any], key: str) -> bool:
    value = plain.get(key)
    if not isinstance(value, bool):
        raise BadLabelError(f"{key}: true or false is expected, not {value!r}")
    return value


def _tag(plain: Mapping[str, Any]) -> str:
    value = plain.get("language")
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise BadLabelError(f"language: a tag such as en is expected, not {value!r}")
    return value
