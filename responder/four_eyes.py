"""Which replies two people must agree to, by the house's policy, and whether they did."""

import re
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from core.domain import Impact, Intent, Level, sha256
from core.errors import Conflict, Refused
from core.store import Session, agreements, drafts
from core.store.agreements import AgreementRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow

WORDS = {
    "compensation": "it is about compensation",
    "legal": "it is about the law",
    "safety": "somebody may be in danger",
    "first_reply": "it is the first reply on this incident",
    "blocked": "the gate blocks it",
}
NO_MATTER_WHO = frozenset({"length"})  # no second person makes a platform take what is too long for it

_MONEY = re.compile(
    r"\b(?:compensat\w*|refund\w*|reimburs\w*|credit(?:ed|s)?|voucher\w*|goodwill|rembours\w*|indemnis\w*|d[eé]dommag\w*"
    r"|avoir sur|reembols\w*|compensaci[oó]n\w*|indemniz\w*|abono)\b"
    r"|[$€£]\s?\d|\d\s?(?:[$€£]|(?:dollars?|euros?|pesos?)\b)",
    re.IGNORECASE,
)
_LAW = re.compile(
    r"\b(?:lawyers?|attorneys?|solicitors?|sue|suing|sued|lawsuits?|legal(?:ly)?|court|liab\w+|negligen\w+|regulator\w*"
    r"|ombudsman|crtc|ofcom|fcc|gdpr|avocate?s?|juridique\w*|tribunal\w*|porter plainte|r[eé]gulateur\w*|abogad[oa]s?"
    r"|demandar\w*|juzgado\w*|denuncia\w*|regulador\w*)\b",
    re.IGNORECASE,
)


def needed(db: Session, draft: DraftRow, policy: Collection[str]) -> tuple[str, ...]:
    """Which points of ``policy`` (keys of WORDS) apply to a waiting draft, in the order of WORDS."""
    found = set(_by_words(draft)) & set(policy)
    if "first_reply" in policy and draft.incident_id and agreements.is_first_reply(db, draft.incident_id):
        found.add("first_reply")
    if "blocked" in policy and not draft.passed:
        found.add("blocked")
    asked = set(draft.four_eyes.split(",")) if draft.four_eyes else set()  # once asked for, until the text is another
    return tuple(point for point in WORDS if point in found | asked)


def _by_words(draft: DraftRow) -> Iterator[str]:
    mention: MentionRow = draft.mention
    reading = mention.reading.value() if mention.reading else None
    asks = reading is not None and Intent.COMPENSATION_REQUEST in reading.intents
    if asks or "compensation" in draft.facts_used or _MONEY.search(draft.text):
        yield "compensation"
    if _LAW.search(draft.text) or _LAW.search(mention.text):
        yield "legal"
    if reading is not None and reading.impact is Impact.SAFETY:
        yield "safety"


def may_be_overruled(draft: DraftRow) -> bool:
    """Whether two people may send what the gate blocks."""
    return not any(finding.level is Level.BLOCK and finding.check in NO_MATTER_WHO for finding in draft.found())


def settle(db: Session, draft: DraftRow, user_id: int, why: tuple[str, ...], *, now: datetime, hours: float) -> bool:
    """Whether ``user_id`` is the second to agree. The first one's word is kept, and False comes back.

    Raises Refused for everybody who ever edited it, Conflict for one who agreed already.
    """
    draft.four_eyes = ",".join(why)
    if user_id in drafts.editors(db, draft.id):
        raise Refused("you edited this reply, so two others must agree to it: " + in_words(why))
    digest = sha256(draft.text)
    first = agreements.standing(db, draft, digest, now)
    if first is not None and first.user_id == user_id:
        raise Conflict("you agreed to this reply already; a second person must agree too")
    if first is None:
        db.add(
            AgreementRow(
                draft_id=draft.id,
                draft_version=draft.version,
                sha256=digest,
                user_id=user_id,
                agreed_at=now,
                expires_at=now + timedelta(hours=hours),
            )
        )
    db.flush()
    return first is not None


def in_words(why: Collection[str]) -> str:
    """``it is about the law, somebody may be in danger``."""
    return ", ".join(WORDS[point] for point in why)
