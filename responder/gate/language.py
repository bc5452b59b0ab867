"""A reply speaks the customer's language."""

from collections.abc import Iterator, Mapping

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.reading import LONGEST_HEARD, block, body, fold, rx, words

NAME = "language"
# Small words that mark one language; those that several share are left out.
_MARKS: Mapping[str, frozenset[str]] = {
    "English": frozenset(
        [
            "the",
            "and",
            "is",
            "are",
            "was",
            "were",
            "you",
            "your",
            "we",
            "our",
            "it's",
            "it",
            "its",
            "this",
            "that",
            "what",
            "when",
            "how",
            "why",
            "do",
            "don't",
            "does",
            "to",
            "of",
            "for",
            "with",
            "have",
            "has",
            "had",
            "be",
            "been",
            "my",
            "i",
            "i'm",
            "not",
            "can",
            "can't",
            "will",
            "would",
            "they",
            "from",
            "at",
            "on",
            "there",
            "here",
            "know",
            "still",
            "but",
            "back",
            "get",
            "got",
            "any",
            "who",
            "where",
            "so",
            "just",
            "all",
            "out",
            "off",
            "down",
        ]
    ),
    "French": frozenset(
        [
            "le",
            "les",
            "des",
            "du",
            "une",
            "est",
            "sont",
            "vous",
            "votre",
            "vos",
            "nous",
            "notre",
            "je",
            "j'ai",
            "c'est",
            "ce",
            "cette",
            "qui",
            "pas",
            "ne",
            "n'est",
            "et",
            "dans",
            "sur",
            "pour",
            "avec",
            "au",
            "aux",
            "mais",
            "on",
            "depuis",
            "quand",
            "toujours",
            "rien",
            "il",
            "elle",
            "ils",
            "encore",
            "ca",
            "plus",
            "suis",
            "ete",
            "avez",
            "mon",
            "ma",
            "mes",
            "d'un",
            "d'une",
            "qu'on",
            "chez",
            "sans",
            "merci",
            "etes",
            "jusqu'a",
            "quoi",
        ]
    ),
    "Spanish": frozenset(
        [
            "el",
            "los",
            "las",
            "una",
            "es",
            "son",
            "esta",
            "estan",
            "usted",
            "ustedes",
            "tu",
            "nosotros",
            "nuestro",
            "nuestra",
            "yo",
            "que",
            "no",
            "y",
            "en",
            "por",
            "para",
            "con",
            "del",
            "al",
            "pero",
            "se",
            "lo",
            "le",
            "cuando",
            "desde",
            "todavia",
            "sin",
            "hay",
            "como",
            "muy",
            "mi",
            "mis",
            "ya",
            "hoy",
            "he",
            "han",
            "ha",
            "porque",
            "aun",
            "mas",
            "te",
            "gracias",
            "otra",
            "vez",
            "sigue",
            "ni",
            "vuelve",
            "donde",
            "estamos",
            "sentimos",
        ]
    ),
}
_ENOUGH = 3
_LEAD = 2


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding when both texts are long enough to tell and their languages differ."""
    asked, spoken = tell(fold(candidate.mention[:LONGEST_HEARD])), tell(body(candidate))
    if asked and spoken and asked != spoken:
        message = f"The customer wrote in {asked} and the reply is in {spoken}. Answer in {asked}."
        yield block(NAME, 0, len(candidate.reply), message)


def tell(folded: str) -> str | None:
    """The language of a folded text by its small words, or None when it cannot be told."""
    text = rx(r"https?://\S+|[@#]\S+|\"[^\"]*\"|«[^»]*»").sub(" ", folded)
    found = words(text)
    if len(found) < _ENOUGH:
        return None
    counts = sorted(((_count(found, marks), name) for name, marks in _MARKS.items()), reverse=True)
    (most, name), (next_most, _) = counts[0], counts[1]
    return name if most >= _ENOUGH and most >= next_most + _LEAD and most > 1.5 * next_most else None


def _count(found: list[str], marks: frozenset[str]) -> int:
    pieces = [part for word in found for part in ({word, *word.split("'")} if "'" in word else {word})]
    return sum(piece in marks for piece in pieces)
