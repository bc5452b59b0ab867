"""Whether we may answer, whether there is anything to answer, and who comes first."""

import re
from collections.abc import Mapping

from core.domain import About, Eligibility, Impact, Intent, Platform, Reading, Stage

# Which ties to us allow a reply through the API. X refuses replies unless the author tagged or quoted us; bots on
# Bluesky speak only with people who spoke to them; the others ask for an invitation of any of the three kinds.
_ALLOWED: Mapping[str, frozenset[Eligibility]] = {
    Platform.X: frozenset({Eligibility.TAGGED, Eligibility.QUOTED}),
    Platform.BLUESKY: frozenset({Eligibility.TAGGED, Eligibility.REPLIED}),
    Platform.MASTODON: frozenset({Eligibility.TAGGED, Eligibility.QUOTED, Eligibility.REPLIED}),
    Platform.REDDIT: frozenset({Eligibility.TAGGED, Eligibility.QUOTED, Eligibility.REPLIED}),
}
_TIES = {Eligibility.TAGGED: "tagged us", Eligibility.QUOTED: "quoted us", Eligibility.REPLIED: "replied to us"}
_ANSWERABLE = frozenset(
    {
        Intent.OUTAGE_REPORT,
        Intent.STATUS_QUESTION,
        Intent.COMPLAINT,
        Intent.SUPPORT_REQUEST,
        Intent.COMPENSATION_REQUEST,
        Intent.CHURN_THREAT,
        Intent.SUGGESTION,
        Intent.QUESTION,
    }
)
_STAGE_WEIGHT: Mapping[Stage, int] = {
    Stage.ANXIETY: 400,
    Stage.RESIGNATION: 60,
    Stage.ANGER: 50,
    Stage.IRRITATION: 40,
    Stage.AFTERMATH: 30,
    Stage.SURPRISE: 20,
    Stage.RELIEF: 0,
}
_SAFETY = 1000
_LAST = -1
_PER_CONTACT = 100
_MOST_CONTACTS = 3  # more does not rise further, so that writing often never passes somebody in danger or in fear


# An order to us, not a wish that the outage stop: the verb is about writing, and the one written to is the author. Nor
# a complaint of silence, "you don't reply to me": an order has no subject, so it begins its clause.
_CLAUSE = r"(?:\A\W*|(?:@|\bu/)\S+\s+|[.!,;:\n]\s*|\b(?:please|pls|said)\s+)(?:(?:please|just)\s+)?"
_STOP = re.compile(
    r"(?<!\byou )(?<!\bthey )(?<!\bu )\b(?:stop|quit) "
    r"(?:messaging|replying to|contacting|tagging|mentioning|texting|writing to|bothering) me\b"
    rf"|{_CLAUSE}(?:do not|don't|dont) "
    r"(?:reply to|contact|message|write to|text|tag) me\b(?! (?:by|in|on|via|per|through))"
    r"|\bleave me alone\b|\bunsubscribe me\b|\A\W*(?:@\S+\s+)*(?:stop|unsubscribe|arr[eê]tez|basta)\W*\Z"
    r"|\b(?:arr[eê]tez?|cessez) de (?:m'[eé]crire|me (?:r[eé]pondre|contacter|taguer|d[eé]ranger))"
    r"|\bne (?:m'[eé]crivez|me (?:r[eé]pondez|contactez)) plus\b|\blaissez-moi tranquille\b"
    r"|\bdej(?:e|en|a|ad) de (?:escribirme|contestarme|responderme|contactarme|etiquetarme|molestarme)\b"
    r"|\bno me (?:escriba|contacte|responda|conteste|etiquete)n? m[aá]s\b|\bd[eé]j(?:e|en)me en paz\b",
    re.IGNORECASE,
)
_LONGEST_ORDER = 140  # characters


def asks_to_stop(text: str) -> bool:
    """Whether the author tells us to write no more; honoured at once, by rule of the platforms.

    Who also asks something wants an answer: a post with a question, or a long one, is left to a person.
    """
    return "?" not in text and len(text) <= _LONGEST_ORDER and bool(_STOP.search(text.replace("’", "'")))


def may_reply(platform: str, eligible: Eligibility, *, opted_out: bool) -> tuple[bool, str]:
    """Whether a reply through the API is allowed, and why (in words for the approver).

    Asked before drafting and again before sending. ``opted_out``: the author told us to stop.
    """
    if opted_out:
        return False, "The author asked us to stop writing to them."
    if eligible is Eligibility.NONE:
        return False, "Watch only: the author did not address us. A person may open the post."
    allowed = _ALLOWED.get(platform)
    if allowed is None:
        return False, f"No rule for replies on {platform} is known."
    if eligible not in allowed:
        ways = " or ".join(_TIES[tie] for tie in sorted(allowed))
        return False, f"{platform} allows a reply only to an author who {ways}; this one only {_TIES[eligible]}."
    return True, f"The author {_TIES[eligible]}."


def worth_reply(reading: Reading, *, praise: bool = False) -> bool:
    """Whether there is something to answer: it is about a service and reports, asks or complains.

    News, jokes and advertisements are not; ``praise`` says whether the brand also answers thanks.
    """
    if reading.about is About.OTHER:
        return False
    if _ANSWERABLE & set(reading.intents):
        return True
    if reading.impact is Impact.SAFETY or reading.outage_anger:
        return True
    return praise and Intent.PRAISE in reading.intents


def priority(reading: Reading, stage: Stage, repeat_contacts: int, *, spam: bool = False) -> int:
    """Higher is first: safety, then anxiety and repeated contact, then the stage. Equal ones go by waiting time.

    The size of an author's audience is not asked for and never counts. ``spam``: what looks like an advertisement
    comes after everything else, unless it speaks of safety.
    """
    if spam and reading.impact is not Impact.SAFETY:
        return _LAST
    safety = _SAFETY if reading.impact is Impact.SAFETY else 0
    return safety + _STAGE_WEIGHT[stage] + _PER_CONTACT * min(max(repeat_contacts, 0), _MOST_CONTACTS)
