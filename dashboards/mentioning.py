"""@names in a note: which stretches of a text call a colleague. Pure; no I/O."""

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a note; ``calls``: "somebody", "me" for who reads it, or "" for plain words."""

    text: str
    calls: str = ""


def pieces_of(text: str, names: Iterable[str], me: str) -> list[Piece]:
    """The text cut where it calls somebody by ``@`` and their name, whatever its case; the longest name wins."""
    known = sorted((name for name in names if name), key=len, reverse=True)
    if not known or "@" not in text:
        return [Piece(text)]
    calls = re.compile(rf"(?<!\w)@(?:{'|'.join(map(re.escape, known))})(?!\w)", re.IGNORECASE)
    pieces, at = [], 0
    for found in calls.finditer(text):
        pieces += [Piece(text[at : found.start()])] if found.start() > at else []
        pieces.append(Piece(found[0], "me" if found[0][1:].casefold() == me.casefold() else "somebody"))
        at = found.end()
    return [*pieces, Piece(text[at:])] if at < len(text) else pieces
