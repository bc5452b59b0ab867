"""Word lists, one a file; words between blanks, lines that begin with # are remarks."""

from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@lru_cache(maxsize=16)
def listed(name: str) -> frozenset[str]:
    """The folded words of a list."""
    lines = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
