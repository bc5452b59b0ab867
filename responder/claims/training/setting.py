"""A fact sheet as it stands in one training draft, and what follows from it for clauses that any sheet may carry."""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from responder.claims.training.draft import CONTRADICTED, SUPPORTED, UNSUPPORTED
from responder.claims.training.pairs import Heard, Line, Sheet

_NAMES = ("Corvid", "Lindqvist", "Maple & Co", "Orbita", "Telamon", "Vireo", "Sunhollow", "Karst", "Belmira", "Noctua")
_TOWNS = (
    "Ashby", "Corran", "Dunmore", "Elsted", "Farley", "Gorey", "Holm", "Inver", "Karvel", "Lisle", "Morlaix", "Nesbit",
    "Orla", "Penrith", "Quimper", "Rosas", "Sallent", "Tavira", "Ubrique", "Varzi", "Wexham", "Yecla", "Zumaia",
)  # fmt: skip
_TRANSLATED = (
    "France Italy Greece Spain Portugal Europe Austria Ireland Belgium Netherlands Belgique Suisse España México"
    " Colombia Argentina Uruguay Perú Chile Wales Singapore Frankfurt Lyon Toulouse Nantes Madrid Miami Ohio Indiana"
    " Germany Sydney Quebec Ontario Oslo Toronto Montreal Italia"
)  # their names differ between the languages of a sheet's clauses


@dataclass(slots=True)
class Setting:
    """A sheet with facts taken away and names changed, a customer's post, and the language of the reply."""

    sheet: Sheet
    fields: dict[str, str]
    names: dict[str, str]
    heard: Heard | None
    language: str
    mention: str = ""

    def knows(self, fact: str) -> bool:
        return bool(self.fields.get(fact))

    def listed(self, name: str) -> list[str]:
        """The parts or places as they are named here."""
        return [piece.strip() for piece in self.fields.get(name, "").split(";") if piece.strip()]

    def renamed(self, text: str) -> str:
        """A text of the sheet with the names it has here."""
        for old, new in self.names.items():
            text = text.replace(old, new)
        return text

    def open(self) -> bool:
        """Whether the trouble goes on."""
        return self.fields.get("status") != "resolved"

    def echoes(self, text: str) -> bool:
        """Whether a clause shares so many words with the sheet that it may be true there by chance."""
        told = " ".join(
            self.fields.get(name, "") for name in ("scope", "cause", "next_step", "workaround", "prevention")
        )
        names = _stems(" ".join(self.fields.get(name, "") for name in ("places", "parts", "brand")))
        return len((_stems(text) - names) & _stems(told)) >= 2


def altered(sheet: Sheet, chance: random.Random) -> tuple[dict[str, str], dict[str, str]]:
    """The fields of a sheet with some facts taken away and, more often than not, other names; and old name → new."""
    fields, roll = dict(sheet.fields), chance.random()
    if roll < 0.18:  # early: only what is seen is known
        for name in ("cause", "next_step", "prevention", "compensation"):
            fields.pop(name, None)
        if chance.random() < 0.5:
            fields.pop("workaround", None)
        if fields["status"] == "identified":
            fields["status"] = "investigating"
    elif roll < 0.5:
        for name in ("compensation", "workaround", "prevention", "next_step"):
            if chance.random() < 0.4:
                fields.pop(name, None)
    return renamed(sheet, fields, chance) if chance.random() < 0.6 else (fields, {})


def renamed(sheet: Sheet, fields: dict[str, str], chance: random.Random) -> tuple[dict[str, str], dict[str, str]]:
    """The fields under other names for brand and places; and old name → new."""
    names = _names(sheet, chance)
    for old, new in names.items():
        fields = {key: value.replace(old, new) for key, value in fields.items()}
    return fields, names


def told_by(sheet: Sheet) -> Iterator[Line]:
    """The sentences of the facts themselves, each borne out by its fact."""
    for name in sheet.known():
        for sentence in re.split(r"(?<=[.!?])\s", sheet.fields[name]):
            yield Line(sentence.rstrip("."), sheet.fields.get("language", "en"), "=", name)


def _names(sheet: Sheet, chance: random.Random) -> dict[str, str]:
    towns = iter(chance.sample(_TOWNS, len(_TOWNS)))
    names = {sheet.fields["brand"]: chance.choice(_NAMES)}
    for place in sheet.listed("places"):
        plain = place not in _TRANSLATED.split() and place[0].isupper() and not re.search(r"\d|[a-z] [a-z]", place)
        if plain and len(place) > 3:
            names[place] = next(towns)
    return names


def _stems(text: str) -> set[str]:
    return {word[:5].lower() for word in re.findall(r"[^\W\d_]{5,}", text)}


def told(clock: str, language: str, chance: random.Random) -> str:
    """A clock time as one says it: "14:30" or "2:30 pm", "14 h 30", "14:30"."""
    if not clock:
        return ""
    hour, minute = map(int, clock.split(":"))
    if language == "fr":
        return chance.choice((f"{hour} h {minute:02d}", f"{hour}h{minute:02d}")) if minute else f"{hour} h"
    if language == "es" or chance.random() < 0.4:
        return f"{hour}:{minute:02d}"
    half, twelve = ("am", "pm")[hour >= 12], (hour - 1) % 12 + 1
    return f"{twelve}:{minute:02d} {half}" if minute or chance.random() < 0.3 else f"{twelve} {half}"


Rule = Callable[[Setting], set[int] | None]
"""The states of a clause under a sheet, or None where it should not be told at all."""


def _of_itself(setting: Setting) -> bool:
    """Whether the compensation comes without asking."""
    text = setting.fields.get("compensation", "")
    return bool(re.search(r"automatic|without asking|by itself|sin ped|sin solic|gets? |is taken|déduit|chargé", text))


RULES: Mapping[str, Rule] = {
    "no_eta": lambda setting: SUPPORTED if setting.open() else CONTRADICTED,
    "no_cause": lambda setting: (
        CONTRADICTED if setting.knows("cause") else None if setting.fields["status"] == "resolved" else SUPPORTED
    ),
    "no_compensation": lambda setting: CONTRADICTED if setting.knows("compensation") else SUPPORTED,
    "no_workaround": lambda setting: (
        CONTRADICTED if setting.knows("workaround") else SUPPORTED if setting.open() else None
    ),
    "automatic": lambda setting: (
        UNSUPPORTED if not setting.knows("compensation") else SUPPORTED if _of_itself(setting) else None
    ),
    "on_request": lambda setting: (
        UNSUPPORTED if not setting.knows("compensation") else CONTRADICTED if _of_itself(setting) else None
    ),
    "ongoing": lambda setting: SUPPORTED if setting.open() else CONTRADICTED,
    "over": lambda setting: CONTRADICTED if setting.open() else SUPPORTED,
    "cause_known": lambda setting: SUPPORTED if setting.knows("cause") else UNSUPPORTED | CONTRADICTED,
    "update": lambda setting: SUPPORTED if setting.fields.get("update") else None,
    "wrong_update": lambda setting: UNSUPPORTED | CONTRADICTED if setting.fields.get("update") else UNSUPPORTED,
    "wrong_start": lambda _setting: UNSUPPORTED | CONTRADICTED,
    "place_in": lambda setting: SUPPORTED if setting.open() and setting.fields["status"] != "monitoring" else None,
}
