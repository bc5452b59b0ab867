"""What the playbook says to a customer's trouble, word for word: it claims nothing and was tried when written."""

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from responder.gate import Candidate
from responder.gate.reading import body, fold, sentences

_TEXTS = Path(__file__).parents[1] / "writers" / "texts"
_KIND = ("topic", "stage", "ack", "own")
_ENDS = " .!?\u2026:\u00a0\u202f"


def spans(candidate: Candidate) -> Iterator[tuple[int, int]]:
    """Where the reply says a sentence of the playbook that holds no gap for a fact; offsets into the reply."""
    for sentence in sentences(body(candidate)):
        if sentence.text.strip(_ENDS) in _sentences():
            yield sentence.start, sentence.end


@lru_cache(maxsize=1)
def _sentences() -> frozenset[str]:
    found: set[str] = set()
    for path in sorted(_TEXTS.glob("*.toml")):
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        lines = [line for section in _KIND for texts in told.get(section, {}).values() for line in texts]
        for line in lines:
            found |= {part.text.strip(_ENDS) for part in sentences(fold(line)) if "{" not in part.text}
    return frozenset(found)
