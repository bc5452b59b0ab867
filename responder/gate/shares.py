"""Amounts told without a figure of their own: "two thirds", "seven in ten", "dozens", "four per cent"."""

from collections.abc import Iterable, Iterator

from responder.gate.known import Known
from responder.gate.number_words import BOUND, NUMBER_WORDS, composed
from responder.gate.quantities import Figure
from responder.gate.reading import rx

_IN = r"(?: out of every| out of| in every| in)"
_AMOUNT_WORDS = (
    r"\b(?:dozens|hundreds|thousands|millions|tens of|two[- ]thirds|three[- ]quarters"
    r"|a (?:third|quarter)(?! time| of an hour)"
    rf"|(?:one|two|three|four|five|six|seven|eight|nine){_IN} two|(?:one|two|three|four|five|six|seven|eight|nine)"
    rf"(?: (?!of)\w+){{0,2}}{_IN} (?:"
    r"three|four|five|six|seven|eight|nine|ten|a dozen|twenty|\d+)"
    r"|(?:une )?(?:dizaines?|vingtaines?|centaines?|milliers|moitie)|(?:un|deux|trois) (?:tiers|quarts?)"
    r"|(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf)(?: \w+)? sur (?:deux|trois|quatre|cinq|six|sept|huit|dix|\d+)"
    r"|(?:la )?mitad|decenas|cientos|miles|(?:dos|un) tercios?|tres cuartos|(?:uno|una|dos|tres|cuatro"
    r"|cinco|seis|siete|ocho|nueve) de cada \w+"
    r"|halved|twice (?:the|as)|tripled?|thrice|four fifths|half full"
    r"|every half[- ](?:an[- ])?hour|half[- ]hourly|toutes les demi-heures|cada media hora"
    r"|per ?cent|percent|pour cent|por ciento|only a (?:few|handful)|a handful|una decena"
    r"|quelques centaines|unos pocos)\b"
)
_OF_PLACES = (
    r"\b(?:towns?|cit(?:y|ies)|places?|quarters?|districts?|villes?|lieux?|quartiers?|ciudad(?:es)?|barrios?"
    r"|lugar(?:es)?)\b"
)
_SHARES = (
    r"\bhalf\b|\bmoitie\b|\bmitad\b|\bone (?:\w+ )?in two\b|\bune? (?:\w+ )?sur deux\b|\b50 ?%",
    (
        r"\bthird\b|\bone (?:\w+ )?(?:in|out of) (?:every )?three\b|\btiers\b|\bune? (?:\w+ )?sur trois\b|\btercio\b"
        r"|\bde cada tres\b"
    ),
    r"\bdoubl\w*|\btwice (?:the|as)\b|\bduplica\w*|\bdeux fois\b|\bdos veces\b",
    r"\bthree quarters\b|\btrois quarts\b|\btres cuartos\b",
    (
        r"\bquarter\b|\bone (?:\w+ )?(?:in|out of) four\b|\bquart\b|\bune? (?:\w+ )?sur quatre\b|\bcuarto\b"
        r"|\bde cada cuatro\b"
    ),
)
_HALF_HOURS = r"\bhalf[- ](?:an[- ])?hour|\bdemi-heures?\b|\bmedia hora\b|\b30 ?min"
PERCENT = r"\b(?:percent|per cent|pour cent|por ciento)\b|%"
_PER_HOUR = r"\s(?P<side>past|after|to|before)\s(?:the|each|every)\shour\b"
_ROUND = (  # round words, the least and the most that they may stand for
    (r"(?:dozens|decenas|dizaines)", 20, 120),
    (r"(?:hundreds|cientos|(?:quelques )?centaines)", 200, 1_000),
    (r"(?:thousands|miles|milliers)", 2_000, 20_000),
)
_OF_A_FEW = {word: value for word, value in (NUMBER_WORDS | BOUND).items() if value <= 20} | {
    "one": 1, "un": 1, "une": 1, "uno": 1, "una": 1,
}  # fmt: skip
_PLAIN_SHARES = (  # "half", "a third" beside a count of the facts
    (r"(?:la )?(?:half|moitie|mitad)", 1 / 2),
    (r"two[- ]thirds|deux tiers|dos tercios", 2 / 3),
    (r"(?:a |un )?(?:third|tiers|tercio)", 1 / 3),
    (r"three[- ]quarters|trois quarts|tres cuartos", 3 / 4),
    (r"(?:a |un )?(?:quarter|quart|cuarto)", 1 / 4),
)
_FAR = 40
_HEDGED = 0.07  # how far a share told by and large may be off
_EXACT = 0.005
_MORE = r"\b(?:better than|more than|over|plus de|mas de|algo mas de|un peu plus de)(?: a| la)?\W*$"
_LESS = (
    r"\b(?:nearly|almost|not quite|just under|less than|pas tout a fait|presque|moins de|casi|menos de|no llega a)"
    r"(?: a| la)?\W*$"
)
_ABOUT = r"\b(?:about|around|roughly|some|environ|quelque|unos|alrededor de)(?: a| la)?\W*$"


def amounts(text: str, known: Known) -> Iterator[tuple[int, int]]:
    """Start and end of each amount in words of a folded reply that nothing known bears out."""
    for match in rx(_AMOUNT_WORDS).finditer(text):
        if not _borne_out(match[0], *match.span(), text, known):
            yield match.span()


def _borne_out(phrase: str, start: int, end: int, text: str, known: Known) -> bool:
    if rx(PERCENT).fullmatch(phrase):
        return _percent(phrase, start, text, known)
    if phrase in known.said or same_share(phrase, known.said):
        return True
    if past := rx(_PER_HOUR).match(text, end):
        return "quarter" in phrase and (15 if past["side"] in {"past", "after"} else 45) in known.moments.each_hour
    low = next(((low, high) for words, low, high in _ROUND if rx(words).fullmatch(phrase)), None)
    if low:
        return any(low[0] <= number < low[1] for number in known.numbers.counted)
    return _share_told(phrase, text[max(0, start - 30) : start], known)


def _share_told(phrase: str, before: str, known: Known) -> bool:
    """Whether a share, or the rest of it, was told; of listed places the claim model judges which are meant."""
    share = _told(phrase)
    if share is None:
        return False
    told = [part for one in rx(_AMOUNT_WORDS).finditer(known.said) if (part := _told(one[0])) is not None]
    shares = known.numbers.shares | {one for part in told for one in (part, 1 - part)}
    listed = rx(_OF_PLACES).search(phrase) and _whole(phrase) in known.numbers.listed
    return bool(listed) or _near(share, before, shares)


def _percent(phrase: str, start: int, text: str, known: Known) -> bool:
    """Whether the facts or the customer give this many per cent, in digits or in words."""
    alone = rx(r"\b(?:neuf|nueve)\s$").search(text, 0, start)  # as a number, no other check looks at it
    if phrase in known.said and not alone:
        return True
    value = _number_before(text, start)
    told = {_number_before(known.said, match.start()) for match in rx(PERCENT).finditer(known.said)}
    return value is not None and value in told


def _number_before(text: str, at: int) -> float | None:
    """The number that ends where the unit begins."""
    before = text[max(0, at - _FAR) : at].rstrip()
    if digits := rx(r"(?<![\d.,])\d+(?:[.,]\d+)?$").search(before):
        return float(digits[0].replace(",", "."))
    for _, end, value in composed(before):
        if end == len(before):
            return value
    return _OF_A_FEW.get(before.rsplit(" ", 1)[-1])


def _told(phrase: str) -> float | None:
    """What part "seven in ten", "deux sur trois", "a third" is of the whole."""
    plain = next((part for words, part in _PLAIN_SHARES if rx(words).fullmatch(phrase)), None)
    if plain is not None:
        return plain
    words = rx(r"[a-z]+|\d+").findall(phrase)
    part, whole = (_OF_A_FEW.get(word) or (int(word) if word.isdigit() else 0) for word in (words[0], words[-1]))
    return part / whole if 0 < part < whole else None


def _whole(phrase: str) -> int:
    """The number at its end."""
    last = rx(r"[a-z]+|\d+").findall(phrase)[-1]
    return _OF_A_FEW.get(last) or (int(last) if last.isdigit() else 0)


def _near(share: float, before: str, known: Iterable[float]) -> bool:
    """Whether a share with the words before it tells one of the known ones."""
    if rx(_MORE).search(before):
        return any(share < each <= share + _HEDGED for each in known)
    if rx(_LESS).search(before):
        return any(share - _HEDGED <= each < share for each in known)
    slack = _HEDGED / 2 if rx(_ABOUT).search(before) else _EXACT
    return any(abs(each - share) <= slack for each in known)


def same_share(phrase: str, said: str) -> bool:
    """Whether the facts or the customer give the same share in other words: "a third", "one in three"."""
    return any(rx(share).search(phrase) and rx(share).search(said) for share in (*_SHARES, _HALF_HOURS))


def of_a_share(figure: Figure, text: str, known: Known) -> bool:
    """The numbers of "one point in two", "three of every hundred", "seven in ten" where the facts say so."""
    before = text[max(0, figure.start - _FAR) : figure.start]
    if figure.value == 100 and rx(r"\b(?:in|of|sur|de|out of)(?: (?:every|each|cada|chaque))?(?: an?)?\s$").search(
        before
    ):
        return bool(rx(PERCENT).search(known.said))
    shares = {2: _SHARES[0], 3: _SHARES[1], 4: _SHARES[4]}
    one = rx(r"\b(?:one|1|une?|un[oa]?)\b(?: \w+){0,2} (?:in|of|out of|in every|out of every|sur|de cada)\s$").search(
        before
    )
    if one and figure.value in shares and rx(shares[int(figure.value)]).search(known.said):
        return True
    return any(
        match.start() <= figure.start < match.end() and _borne_out(match[0], *match.span(), text, known)
        for match in rx(_AMOUNT_WORDS).finditer(text, max(0, figure.start - _FAR), figure.end + _FAR)
    )
