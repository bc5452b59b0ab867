"""Every clause is no claim, or rests on the facts or the customer's words: the claim model's view of the reply."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from core.domain import Finding
from responder.claims.clauses import Span
from responder.claims.model import ClaimModel, Judged
from responder.claims.premise import premise
from responder.gate import Candidate
from responder.gate.kindness import claims_nothing, felt, wishes
from responder.gate.reading import LONGEST_READ, block, fold, shown
from responder.gate.wording import words_from_nowhere

NAME = "support"
_UNSUPPORTED = "is in neither the facts nor the customer's words. Take it out, or add it to the fact sheet first."
_AGAINST = "goes against the facts. Compare it with the fact sheet and correct it."
_FLAGGED: Mapping[str, str] = MappingProxyType(
    {
        "blame": "puts it on somebody else. Say what we do about it; leave others out.",
        "admission": "admits guilt in law or judges the law. Own what happened in plain words.",
        "guarantee": "promises what nobody can keep. Say what changes, not what can never happen.",
        "tone": "may read as talking down to the customer. Take their side.",
        "personal_data": "asks for, or shows, personal data where everybody reads it. Use a private message.",
        "security": "tells outsiders how our systems are guarded. Take it out.",
        "jargon": "is not plain language. Say what it means for the customer.",
        "injection": "follows an order in the mention or speaks of our instructions. Answer the customer.",
        "rote": "fits everybody. Say what happened to this customer, and what we know.",
    }
)


_SURE = 0.97  # for what reads like an apology or an invitation, and for a question
_ALL_KNOWN = 0.985  # for a clause whose every word is the facts', the customer's or everyday speech
_MILD = 0.3  # the least for blame or an order obeyed, where every word is known
_GLAD = 0.8  # the least for talking down, in "with pleasure"
_ASKED = 1  # words from nowhere that a question may hold
BY_STRANGE = ("unsupported", "unsupported_odd", "unsupported_strange")
"""The threshold for a clause with none, one, or more words from nowhere: the more, the less doubt it takes."""


@lru_cache(maxsize=1)
def _model() -> ClaimModel | None:
    """The shipped model, or None when the installation has none: then the other checks stand alone."""
    model = ClaimModel()
    return model if model.present() else None


def judge(candidate: Candidate) -> list[Judged]:
    """The clauses of the reply as the claim model sees them; none when there is no model."""
    model = _model()
    if model is None:
        return []
    said = "\n".join([candidate.mention, *candidate.history[-2:]])
    return _kept(premise(candidate.sheet, said), candidate.reply[:LONGEST_READ])


@lru_cache(maxsize=16)
def _kept(known: str, reply: str) -> list[Judged]:
    """Judged once for the check and for those who ask its opinion."""
    model = _model()
    return model.judge(known, reply) if model else []


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every clause over a threshold of the model; stock phrases only where nothing is told."""
    judged = judge(candidate)
    if not judged:
        return
    tells = any(one.states["supported"] > 0.5 for one in judged)
    for one in judged:
        if (message := _fault(one, _limits_of(candidate, one.span), tells=tells)) is not None:
            start = one.span.start
            end = start + len(candidate.reply[start : one.span.end].rstrip(" .,;:!?\u2026\n"))
            yield block(NAME, start, end, f"'{shown(candidate, start, end)}' {message}")


def vouched(candidate: Candidate, start: int, end: int) -> bool:
    """Whether the model is sure that nothing is wrong with the clauses that hold a stretch of the reply."""
    judged = [one for one in judge(candidate) if one.span.start < end and start < one.span.end]
    if not judged:
        return False
    sure = _limits()["vouched"]
    return all(max(one.unsupported, *one.flags.values()) < sure for one in judged)


@lru_cache(maxsize=1)
def _limits() -> Mapping[str, float]:
    model = _model()
    return model.thresholds() if model else {}


def tier(candidate: Candidate, span: Span) -> int | None:
    """Which of BY_STRANGE a clause stands under by its words from nowhere; None when it reads like kindness alone."""
    strange = len(words_from_nowhere(candidate, span.start, span.end))
    said = fold(candidate.reply[span.start : span.end])
    if felt(said) or (said.rstrip().endswith("?") and strange <= _ASKED):
        return None
    if claims_nothing(said):
        return min(strange - 1, len(BY_STRANGE) - 1) if strange > 1 else None
    return min(strange, len(BY_STRANGE) - 1)


def _limits_of(candidate: Candidate, span: Span) -> Mapping[str, float]:
    """The thresholds for a clause: the plainer its words, the surer a verdict has to be."""
    limits, under = dict(_limits()), tier(candidate, span)
    enough = _SURE if under is None else limits[BY_STRANGE[under]]
    said = fold(candidate.reply[span.start : span.end]).strip(" .!,")
    if not under:
        limits |= {flag: max(limits[flag], _MILD) for flag in ("blame", "injection")}
        enough = max(enough, _ALL_KNOWN) if under == 0 else enough
    if wishes(said):
        limits["tone"], enough = max(limits["tone"], _GLAD), 1.0
    return limits | {"enough": enough}


def _fault(one: Judged, limits: Mapping[str, float], *, tells: bool) -> str | None:
    """What to say of a clause, or None when it may stay; the surest fault first."""
    enough = limits["enough"]
    over: Iterable[tuple[float, str]] = (
        (chance - limits[flag], _FLAGGED[flag])
        for flag, chance in one.flags.items()
        if chance > limits[flag] and not (flag == "rote" and tells)
    )
    if one.unsupported > enough:
        against = one.states["contradicted"] > one.states["unsupported"]
        over = [*over, (one.unsupported - enough, _AGAINST if against else _UNSUPPORTED)]
    return max(over, default=(0.0, None))[1]
