"""Every clause is no claim, or rests on the facts or the customer's words: the claim model's view of the reply."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from core.domain import Finding
from responder.claims.clauses import Span
from responder.claims.model import ClaimModel, Judged
from responder.claims.premise import premise
from responder.gate import Candidate
from responder.gate.kindness import claims_nothing, felt, wishes
from responder.gate.personal_data import cautions
from responder.gate.reading import LONGEST_READ, block, fold, heard, shown
from responder.gate.wording import words_from_nowhere, words_in_one_language

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


_TOLD = 0.5
_ASKED = 1  # words from nowhere that a question may hold
KIND = "unsupported_kind"
"""The threshold for a clause that reads like kindness or a question."""
BY_STRANGE = ("unsupported", "unsupported_odd", "unsupported_strange")
"""The threshold for any other clause with none, one, or more words from nowhere: the more, the less doubt it takes."""


ABROAD = "other_language"
"""How far the model must agree with any check where reply and facts differ in language: words can't be compared."""


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
    return _kept(premise(candidate.sheet, heard(candidate, earlier=2)), candidate.reply[:LONGEST_READ])


@lru_cache(maxsize=16)
def _kept(known: str, reply: str) -> list[Judged]:
    """Judged once for the check and for those who ask its opinion."""
    model = _model()
    return model.judge(known, reply) if model else []


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every clause over a threshold of the model; stock phrases only where nothing is told."""
    judged, limits = judge(candidate), _limits()
    tells = tells_something(judged)
    for one in judged:
        flags = counted(candidate, one, tells=tells)
        if (message := _fault(one, flags, limits, threshold(candidate, one.span))) is not None:
            start = one.span.start
            end = start + len(candidate.reply[start : one.span.end].rstrip(" .,;:!?\u2026\n"))
            yield block(NAME, start, end, f"'{shown(candidate, start, end)}' {message}")


def agrees(candidate: Candidate, finding: Finding) -> bool:
    """Whether the model sees enough of a fault in the clauses of another check's finding; without a model, always."""
    least = _agreement().get(finding.check, 0.0)
    if not words_in_one_language(candidate):
        least = max(least, _agreement().get(ABROAD, 0.0))
    return least <= 0 or suspicion(judge(candidate), finding.start, finding.end) >= least


def suspicion(judged: Sequence[Judged], start: int, end: int) -> float:
    """The most chance, 0..1, of any fault in the clauses that hold a stretch of the reply; 1 where none does."""
    here = [one for one in judged if one.span.start < end and start < one.span.end]
    return max((max(one.unsupported, *one.flags.values()) for one in here), default=1.0)


def tells_something(judged: Iterable[Judged]) -> bool:
    """Whether any clause is borne out: an apology beside it is not hollow."""
    return any(one.states["supported"] > _TOLD for one in judged)


def counted(candidate: Candidate, one: Judged, *, tells: bool) -> Mapping[str, float]:
    """The flags of a clause that count: no stock phrase where something is told, and who asks to keep personal data
    out of the thread asks for none.
    """
    careful = cautions(fold(candidate.reply[one.span.start : one.span.end]))
    excused = {name for name, why in (("rote", tells), ("personal_data", careful)) if why}
    return {flag: chance for flag, chance in one.flags.items() if flag not in excused}


def threshold(candidate: Candidate, span: Span) -> str:
    """The name of the threshold that a clause stands under, by its words from nowhere and whether it reads as kind."""
    strange = len(words_from_nowhere(candidate, span.start, span.end))
    said = fold(candidate.reply[span.start : span.end])
    question = said.rstrip().endswith("?") and strange <= _ASKED
    kind = felt(said) or wishes(said.strip(" .!,")) or (claims_nothing(said) and strange <= _ASKED)
    if kind or question:
        return KIND
    return BY_STRANGE[min(strange, len(BY_STRANGE) - 1)]


@lru_cache(maxsize=1)
def _limits() -> Mapping[str, float]:
    model = _model()
    return model.thresholds() if model else {}


@lru_cache(maxsize=1)
def _agreement() -> Mapping[str, float]:
    model = _model()
    return model.agreement() if model else {}


def _fault(one: Judged, flags: Mapping[str, float], limits: Mapping[str, float], under: str) -> str | None:
    """What to say of a clause, or None when it may stay; the surest fault first."""
    over = [(chance - limits[flag], _FLAGGED[flag]) for flag, chance in flags.items() if chance > limits[flag]]
    if one.unsupported > limits[under]:
        against = one.states["contradicted"] > one.states["unsupported"]
        over.append((one.unsupported - limits[under], _AGAINST if against else _UNSUPPORTED))
    return max(over, default=(0.0, None))[1]
