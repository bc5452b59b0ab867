"""What a reply says in which order, and how hard each part is held on to when there is little room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.domain import Emotion, Impact, Intent, Move, Stage
from responder.writers import Brief
from responder.writers.answers import Answers
from responder.writers.facts import Facts
from responder.writers.heard import POINTED, Heard, hear
from responder.writers.known import TEXTS, Known
from responder.writers.moves import Moves
from responder.writers.occasions import occasion
from responder.writers.phrasebook import Phrasebook
from responder.writers.pieces import ANSWER, SAFETY, SPARE, UNKNOWN, UPDATE, USUAL, Piece

Books = Mapping[str, Phrasebook]  # the brand's first language first
PARAGRAPHS = frozenset({"reddit"})
_ANSWERS = 2  # questions answered in one reply
# Where a post could be longer than people read, a reply stops adding; the platform's limit still holds.
_ROOM = {"x": 280, "bluesky": 300, "mastodon": 400, "reddit": 700}
_WHOLE_STORY = 1500  # where paragraphs are usual and the question is about all of it
_WIDE = frozenset({"status", "why", "when", "doing"})  # questions about the failure; the others are about one thing
# Among what the map does not single out: first what happened, then what we do, then what it is worth.
_LIFT = {Move.EXPLAIN: 2.0, Move.NEXT_STEP: 1.0, Move.PREVENT: -1.0, Move.OWN: -5.0}
# Facts that are welcome beside the answer to a question of a kind; all others are seldom (`tests/responder/needed`).
_ALONG: Mapping[str, frozenset[str]] = {
    "when": frozenset({"next_step", "workaround"}),
    "doing": frozenset({"next_step", "workaround"}),
    "how": frozenset({"next_step", "workaround"}),
    "status": frozenset({"scope", "next_step", "workaround"}),
    "me": frozenset({"scope"}),
    "why": frozenset({"cause", "next_step"}),
    "safe": frozenset({"scope", "workaround"}),
    "contact": frozenset({"workaround"}),
}
_FACTS = frozenset(TEXTS)
# How much lighter or heavier these weigh for who tells of trouble while it lasts and asks nothing.
_AMID = {"workaround": 6.0, "next_step": 4.0, "cause": -6.0, "scope": -4.0}
_THANKS = (Move.THANK, Move.PREVENT)  # thanks want thanks, not a report
_DOUBTED = (Move.EXPLAIN, Move.NEXT_STEP)  # right for real praise and for bitter


@dataclass(frozen=True, slots=True)
class Talk:
    """One customer's reply in the making: the facts, the answers and the moves that can be drawn from them."""

    facts: Facts
    answers: Answers
    moves: Moves


def talk_of(brief: Brief, books: Books) -> Talk:
    """Facts, answers and moves towards one customer, in their language or the brand's first."""
    language = brief.language.split("-")[0].lower()
    known = Known(brief.sheet, books, language if language in books else next(iter(books)), brief.now)
    facts = Facts(brief, known, hear(brief, known.book, known.approved()))
    return Talk(facts, Answers(facts), Moves(facts))


def room(platform: str, heard: Heard) -> int:
    """How much a reply says at most, in the platform's count; its limit may be lower."""
    if platform in PARAGRAPHS and {"status", "why"} & set(heard.asks):
        return _WHOLE_STORY
    return _ROOM.get(platform, _WHOLE_STORY)


def ordered(talk: Talk) -> list[Piece]:
    """Speaking order with every piece's weight: safety first, then the answer asked for, then the plan's moves."""
    brief, heard = talk.facts.brief, talk.facts.heard
    if instead := occasion(talk.facts, talk.moves):
        return _coherent(instead)
    answers = [_weighed(_answering(talk, ask), ANSWER - 10 * rank) for rank, ask in enumerate(heard.asks[:_ANSWERS])]
    if pointed := _pointed(talk):
        answers.insert(0 if _foremost(heard, pointed) else 1, _weighed(pointed, ANSWER - 5))
    at_once = _at_risk(brief, heard) and heard.asks[:1] == ("safe",)  # no kind words after that answer
    planned = [move for move in _moves(talk) if not (at_once and move is Move.ACKNOWLEDGE)]
    if not any(answers) and _afraid(brief):
        answers = [talk.facts.well()]
    answered = any(_FACTS.intersection(piece.facts) for answer in answers for piece in answer)
    groups = [*answers, *(_planned(talk, move, answered=answered) for move in planned)]
    if _at_risk(brief, heard):
        first = [] if at_once else talk.moves.acknowledge()[:1]
        safety = _weighed(talk.facts.safety(), SAFETY)
        best = answers[:1] if heard.clear and not heard.asks else []
        groups = [first, talk.moves.regret(), *best, safety, *groups]
    elif Move.ACKNOWLEDGE in planned or _unknown(answers):  # what they told comes first; a bare question has none
        groups = [talk.moves.acknowledge()[:1], talk.moves.regret(), *groups]
    found = _once([piece for group in groups for piece in group])
    return _enough(found, talk, answers)


def _afraid(brief: Brief) -> bool:
    return brief.plan.stage is Stage.ANXIETY or brief.reading.emotion is Emotion.ANXIETY


def _foremost(heard: Heard, pointed: Sequence[Piece]) -> bool:
    """Whether what they named answers their question better than what answers its kind."""
    asked = heard.asks[:1]
    here = asked == ("status",) and pointed[0].facts == ("scope",)
    return here or (heard.clear and asked in {("why",), ("status",), ("doing",)})


def _unknown(answers: Sequence[Sequence[Piece]]) -> bool:
    """Whether what was asked for first is not known."""
    return bool(answers and answers[0]) and answers[0][0].line in UNKNOWN


def _enough(found: list[Piece], talk: Talk, answers: Sequence[Sequence[Piece]]) -> list[Piece]:
    """No more sentences than are read: a question about one thing gets its answer and little else, anger few words.

    Where the answer is that nobody knows yet, what is known gets its room.
    """
    brief, heard = talk.facts.brief, talk.facts.heard
    most = 5 if brief.plan.stage is Stage.ANGER else 6
    if any(answers) and not _WIDE & set(heard.asks[:_ANSWERS]):
        more = 4 if _at_risk(brief, heard) or _unknown(answers) else 2
        most = min(most, len(_once([piece for group in answers for piece in group])) + more)
    if brief.platform in PARAGRAPHS:
        most += 4 if _WIDE & set(heard.asks) and room(brief.platform, heard) == _WHOLE_STORY else 1
    kept = sorted(found, key=lambda piece: -piece.keep)[:most]
    said = [piece for piece in found if piece in kept]
    return sorted(said, key=_invites)  # whatever the map's order, nobody is sent elsewhere before they are answered


def _invites(piece: Piece) -> bool:
    return piece.line.startswith("invite.") and not piece.asked


def with_courtesy(plan: list[Piece], brief: Brief, chance: int) -> list[Piece]:
    """A courtesy at the start or the end, for when there is room, so that not all replies run alike.

    The lowest three bits of ``chance`` say which.
    """
    said = {piece.line for piece in plan}
    opener = Piece(move=Move.ACKNOWLEDGE, line=f"stage.{brief.plan.stage}", keep=0.5)
    report = Piece(move=Move.THANK, line="thank.report", keep=0.4)
    invite = Piece(move=Move.INVITE, line="invite.private", keep=0.3)
    acknowledged = any(line.startswith(("stage.", "topic.safety")) for line in said)
    thanked = any(line.startswith("thank.") for line in said) or brief.plan.stage is Stage.ANGER
    invited = any(line.startswith(("invite.", "none.area", "credit.no_incident")) for line in said)
    before = [opener] if chance & 1 and not acknowledged else []
    after = [report] if chance & 2 and not thanked else []
    after += [invite] if chance & 4 and not invited else []
    return [*before, *plan, *after]


def _at_risk(brief: Brief, heard: Heard) -> bool:
    return brief.plan.persona is Impact.SAFETY or heard.topic.startswith("safety")


def _moves(talk: Talk) -> tuple[Move, ...]:
    """The plan's moves, with what this customer's words call for besides."""
    brief, heard = talk.facts.brief, talk.facts.heard
    moves = list(brief.plan.moves)
    intents = set(brief.reading.intents)
    if not _meant(talk):
        return _DOUBTED
    if Intent.PRAISE in intents and not intents & {Intent.COMPLAINT, Intent.OUTAGE_REPORT} and not heard.asks:
        return _THANKS
    if "leaving" in heard.signals:
        called = [Move.ACKNOWLEDGE, Move.EXPLAIN, Move.PREVENT, Move.MAKE_GOOD, Move.INVITE]
        moves = [*called, *(move for move in moves if move not in called)]
    if "credit_small" in heard.signals:
        moves = [Move.ACKNOWLEDGE, Move.MAKE_GOOD, *moves, Move.INVITE]
    reported = "still_down" in heard.signals or Intent.OUTAGE_REPORT in intents
    if reported and brief.plan.stage is Stage.AFTERMATH:
        moves = [*moves, Move.INVITE]
    return tuple(dict.fromkeys(moves))


def _meant(talk: Talk) -> bool:
    """Whether praise can be taken at its word: amid an outage it is bitter unless it thanks or says what works."""
    brief, heard = talk.facts.brief, talk.facts.heard
    praised = Intent.PRAISE in brief.reading.intents or brief.plan.stage is Stage.RELIEF
    return not (praised and talk.facts.known.lasting) or "thanks" in heard.signals


def _planned(talk: Talk, move: Move, *, answered: bool) -> list[Piece]:
    """A move's pieces; those of a move that may be dropped weigh less than all others."""
    spare, heard = talk.facts.brief.plan.least_important, talk.facts.heard
    found = [_placed(piece, talk) for piece in talk.moves.of(move) if not (answered and _beside(piece, heard))]
    if "leaving" in heard.signals and not _called_for(move, heard):
        return _stepped([piece.held(1.0) for piece in found])
    if move not in spare or _called_for(move, heard):
        lift = 3.0 if "leaving" in heard.signals and move is Move.PREVENT else _LIFT.get(move, 0.0)
        return _stepped([piece.held(piece.keep + lift) if piece.keep == USUAL else piece for piece in found])
    light = 2.0 + spare.index(move) * 2
    return _stepped([piece if piece.keep >= UPDATE else piece.held(min(piece.keep, light)) for piece in found])


def _beside(piece: Piece, heard: Heard) -> bool:
    """Whether a fact that nobody asked for is beside the point of a question."""
    told = _FACTS.intersection(piece.facts)
    if not told or not (heard.asks or (heard.asking and heard.points)):
        return False
    along = {fact for ask in heard.asks for fact in _ALONG.get(ask, ())}
    return not told & along


def _placed(piece: Piece, talk: Talk) -> Piece:
    """To who tells of trouble, first what helps and what we do, last why it failed: until it is over."""
    usual = USUAL - 3 <= piece.keep <= USUAL  # what helps is held a little less than the rest: `Moves`
    if not usual or talk.facts.heard.asks or not talk.facts.known.lasting:
        return piece
    return piece.held(piece.keep + _AMID.get(piece.facts[0] if piece.facts else "", 0.0))


def _called_for(move: Move, heard: Heard) -> bool:
    leaving = "leaving" in heard.signals and move in {Move.ACKNOWLEDGE, Move.PREVENT, Move.INVITE, Move.EXPLAIN}
    small = "credit_small" in heard.signals and move in {Move.MAKE_GOOD, Move.INVITE}
    return leaving or small


def _answering(talk: Talk, ask: str) -> list[Piece]:
    """The answer to a question; of its sentences, those that the post points to are the answer."""
    found = [replace(piece, asked=ask) for piece in talk.answers.to(ask)]
    return [piece for piece in found if piece.key in talk.facts.heard.points] or found


def _pointed(talk: Talk) -> list[Piece]:
    """What the facts say of that which the customer named; thanks want no report unless they end in a question."""
    if _moves(talk) == _THANKS and not talk.facts.heard.asking:
        return []
    return [replace(piece, asked=POINTED) for piece in talk.facts.pointed_at()]


def _weighed(found: Sequence[Piece], weight: float) -> list[Piece]:
    """An answer: the first two sentences are held on to, the details after them less."""
    return _stepped([piece.held(weight if index < 2 else SPARE + 8) for index, piece in enumerate(found)])


def _stepped(found: Sequence[Piece]) -> list[Piece]:
    return [piece.held(piece.keep - index / 10) for index, piece in enumerate(found)]


def _once(found: Sequence[Piece]) -> list[Piece]:
    """Nothing is said twice: the first place stands, with the higher weight."""
    kept: dict[str, Piece] = {}
    for piece in found:
        held = kept.get(piece.key)
        kept[piece.key] = piece if held is None else held.held(max(held.keep, piece.keep))
    within = {one for one in kept for other in kept if one != other and "." in one and one in other}
    return _coherent([piece for key, piece in kept.items() if key not in within])


# Lines that say the same in other words: the first of a row that is there silences the rest.
_SAME = (
    ("status.investigating", "cause.unknown"),
    ("update.unknown", "update.no_eta"),
    ("none.open", "me.none"),
    ("me.region", "ack.place"),
    ("me.regions", "me.region", "me.open", "me.resolved", "own.open", "own.resolved"),
    ("status.resolved", "me.resolved"),
    ("credit.no_incident", "none.area", "invite.private"),
    ("topic.safety_general", "stage.anxiety"),
    ("own.sorry", "own.open", "own.resolved"),
    ("stage.aftermath", "status.resolved"),
)


def _coherent(found: list[Piece]) -> list[Piece]:
    lines = [piece.line for piece in found]
    silent: set[str] = set()
    for row in _SAME:
        present = sorted((line for line in row if line in lines), key=lines.index)
        silent |= set(present[1:])
    return [piece for piece in found if piece.line not in silent]
