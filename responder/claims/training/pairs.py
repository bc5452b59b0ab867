"""Reads the texts the claim model learns from; `pairs/README.md` tells their format."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import InputError

FOLDER = Path(__file__).parent / "pairs"
LANGUAGES = ("en", "fr", "es")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_LINE = re.compile(r"(?P<sign>[=!?])(?P<language>fr|es)?(?:#(?P<flags>[\w,]+))? (?P<kind>\w+): (?P<text>.+)")
_FACTS = ("scope", "cause", "next_step", "workaround", "compensation", "prevention")


@dataclass(frozen=True, slots=True)
class Line:
    """One clause as written, with its choices. ``sign``: = supported, ! contradicted, ? not in the sheet."""

    text: str
    language: str
    sign: str
    kind: str  # of a fact for = and !
    flags: frozenset[str] = frozenset()


@dataclass(slots=True)
class Sheet:
    """A fact sheet and the clauses written for it."""

    name: str
    fields: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def known(self) -> set[str]:
        """The names of the facts it holds."""
        return {name for name in _FACTS if self.fields.get(name)}

    def listed(self, name: str) -> list[str]:
        """The parts or places."""
        return [piece.strip() for piece in self.fields.get(name, "").split(";") if piece.strip()]


@dataclass(frozen=True, slots=True)
class Common:
    """A clause for any sheet. ``state`` is none, unsupported, or the name of a rule that reads the sheet."""

    text: str
    language: str
    state: str
    kind: str
    flags: frozenset[str]


@dataclass(slots=True)
class Heard:
    """A customer's post, the clauses that claim something it says, and those that only show we listened."""

    text: str
    language: str
    claims: list[str] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)


def vary(text: str, chance: random.Random) -> str:
    """One of the texts that a line with [choices|in brackets] stands for."""
    while match := _CHOICE.search(text):
        text = text[: match.start()] + chance.choice(match[1].split("|")) + text[match.end() :]
    return re.sub(r"\s+([,.])", r"\1", " ".join(text.split()))


def sheets(folder: Path = FOLDER) -> list[Sheet]:
    """Every sheet of `sheets_*.txt`; a name seen before goes on with that sheet.

    Raises InputError naming a line that cannot be read.
    """
    found: list[Sheet] = []
    for path in sorted(folder.glob("sheets_*.txt")):
        for number, text in numbered(path):
            if text.startswith("### "):
                name = text[4:].strip()
                known = next((sheet for sheet in found if sheet.name == name), None)
                found = [sheet for sheet in found if sheet is not known] + [known or Sheet(name)]
            elif match := _LINE.fullmatch(text):
                flags = frozenset((match["flags"] or "").split(",")) - {""}
                line = Line(match["text"], match["language"] or "en", match["sign"], match["kind"], flags)
                found[-1].lines.append(line)
            elif found and (head := re.fullmatch(r"([a-z_]+): (.+)", text)):
                found[-1].fields[head[1]] = head[2]
            else:
                raise InputError(f"{path.name}:{number}: neither a sheet, a field nor a clause")
    return found


def common(folder: Path = FOLDER) -> list[Common]:
    """Every clause of `common_*.txt` and `hard_*.txt`. Raises InputError as `sheets`."""
    found: list[Common] = []
    for path in sorted([*folder.glob("common_*.txt"), *folder.glob("hard_*.txt")]):
        language, state, kind, flags = "en", "", "", frozenset[str]()
        for number, text in numbered(path):
            if text.startswith("language: "):
                language = text.removeprefix("language: ")
            elif head := re.fullmatch(r"== (?:by )?(\w+) (\w+)(?: #([\w,]+))?", text):
                state, kind, flags = head[1], head[2], frozenset((head[3] or "").split(",")) - {""}
            elif not state or text.startswith("=="):
                raise InputError(f"{path.name}:{number}: a clause needs a '== state kind' line above it")
            else:
                found.append(Common(text, language, state, kind, flags))
    return found


def mentions(folder: Path = FOLDER) -> list[Heard]:
    """Every post of `mentions.txt`. Raises InputError as `sheets`."""
    found: list[Heard] = []
    path = folder / "mentions.txt"
    for number, text in numbered(path):
        if match := re.fullmatch(r"> (\w\w) (.+)", text):
            found.append(Heard(match[2], match[1]))
        elif found and text[:2] in {"= ", "~ "}:
            (found[-1].kind if text[0] == "=" else found[-1].claims).append(text[2:])
        else:
            raise InputError(f"{path.name}:{number}: neither a post nor a clause about it")
    return found


def numbered(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines without comments and empty ones."""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if text.strip() and (text.startswith("###") or not text.startswith("#")):
            yield number, text.strip()
