"""Whole drafts as somebody wrote them to one customer: clauses in their own order, most of them fair.

Clauses drawn one by one (`compose.py`) teach what a sheet bears out; these teach where in a good reply the wrong half
sentence hides. `pairs/README.md` tells the format.
"""

import random
import re
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import InputError
from responder.claims.labels import FLAGS
from responder.claims.training.draft import CONTRADICTED, NONE, SUPPORTED, UNSUPPORTED
from responder.claims.training.pairs import FOLDER, Line, Sheet, numbered
from responder.claims.training.setting import RULES, Setting

_HEAD = re.compile(r"--- (en|fr|es) (?:clean|bad)")
_CLAUSE = re.compile(r"(?P<instead>\| ?)?(?P<sign>[=!?~])(?:#(?P<flags>[\w,]+))?(?: (?P<kind>\w+))?: (?P<text>.+)")
_ALWAYS = {"started", "update", "status", "parts", "places", "heard"}
"""What a clause may rest on that is never taken away."""
UNCHANGED = 0.35
"""Share of drafts told as they are though some of their clauses have others."""
_FACTS = ("compensation", "workaround", "prevention", "next_step", "cause")
FACTS = ("scope", *_FACTS)


@dataclass(slots=True)
class Whole:
    """A draft over a sheet; the sign of a line may also be ~ for one that claims nothing."""

    sheet: Sheet
    language: str
    post: str = ""
    lines: list[Line] = field(default_factory=list)
    others: dict[int, list[Line]] = field(default_factory=dict)
    """Place of a line → what could stand there instead, mostly wrong."""

    def told(self, chance: random.Random) -> list[Line]:
        """The lines; where there are others, mostly one of them in its place."""
        if not self.others or chance.random() < UNCHANGED:
            return self.lines
        place = chance.choice(list(self.others))
        return [*self.lines[:place], chance.choice(self.others[place]), *self.lines[place + 1 :]]

    def all_lines(self) -> list[Line]:
        """The lines and all that could stand in their place."""
        return [*self.lines, *(line for lines in self.others.values() for line in lines)]


def drafts(folder: Path = FOLDER) -> list[Whole]:
    """Every draft of `drafts_*.txt`. Raises InputError naming a line that cannot be read."""
    found: list[Whole] = []
    for path in sorted(folder.glob("drafts_*.txt")):
        sheet: Sheet | None = None
        inside = False
        for number, text in numbered(path):
            if text.startswith("### "):
                sheet, inside = Sheet(text[4:].strip()), False
            elif sheet and (head := _HEAD.fullmatch(text)):
                found.append(Whole(sheet, head[1]))
                inside = True
            elif inside and text.startswith("> "):
                found[-1].post = text[2:]
            elif inside and (match := _CLAUSE.fullmatch(text)):
                _add(found[-1], match, f"{path.name}:{number}")
            elif sheet and not inside and (fact := re.fullmatch(r"([a-z_]+): (.+)", text)):
                sheet.fields[fact[1]] = fact[2]
            else:
                raise InputError(f"{path.name}:{number}: neither a sheet, a field, a post nor a clause")
    return found


def _add(draft: Whole, match: re.Match[str], place: str) -> None:
    line = _line(match, draft.language, place)
    if not match["instead"]:
        draft.lines.append(line)
    elif draft.lines:
        draft.others.setdefault(len(draft.lines) - 1, []).append(line)
    else:
        raise InputError(f"{place}: instead of which clause?")


def _line(match: re.Match[str], language: str, place: str) -> Line:
    flags = frozenset((match["flags"] or "").split(",")) - {""}
    if flags - set(FLAGS):
        raise InputError(f"{place}: no such flag: {', '.join(sorted(flags - set(FLAGS)))}")
    return Line(match["text"], language, match["sign"], match["kind"] or "none", flags)


def joined(sheets: list[Sheet], written: list[Whole]) -> list[Sheet]:
    """The sheets of both, each with the clauses that rest on its facts or go beyond them."""
    for one in written:
        one.sheet.lines += [
            line for line in one.all_lines() if line.sign == "?" or (line.sign in "=!" and line.kind in _FACTS)
        ]
    return [*sheets, *{id(one.sheet): one.sheet for one in written}.values()]


def poorer(sheet: Sheet, chance: random.Random) -> dict[str, str]:
    """The fields of a sheet, three times in ten without one of its facts."""
    fields = dict(sheet.fields)
    held = [name for name in _FACTS if fields.get(name)]
    if held and chance.random() < 0.3:
        fields.pop(chance.choice(held))
    return fields


def states(line: Line, setting: Setting) -> set[int]:
    """What may be true of a clause under the sheet as it now is; empty where that is not known."""
    if line.sign == "~":
        return NONE
    if line.sign == "?":
        return NONE if "tone" in line.flags else UNSUPPORTED
    if line.kind in RULES and line.sign == "=":
        return RULES[line.kind](setting) or set()
    if line.kind in _ALWAYS or setting.knows(line.kind):
        return SUPPORTED if line.sign == "=" else CONTRADICTED
    if setting.sheet.fields.get(line.kind):  # it was taken away
        return UNSUPPORTED
    return UNSUPPORTED | CONTRADICTED if line.sign == "!" else set()
