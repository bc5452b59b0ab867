"""The journey map with its customers: which cells had some, who got what, who got nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain import Impact, Plan, Stage
from core.store import Session, coverage
from core.store.coverage import Cell, Whose
from incidents.journey import JourneyMap

HEATS = 4  # shades besides none
_NOBODY = Cell()


@dataclass(frozen=True, slots=True)
class Place:
    """One cell of the drawn map; ``heat`` 0 (nobody) to HEATS (the fullest cells)."""

    plan: Plan
    reached: Cell
    heat: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """The whole map."""

    places: Mapping[tuple[Stage, Impact], Place]
    total: Cell

    def of_stage(self, stage: Stage) -> Cell:
        return sum((place.reached for key, place in self.places.items() if key[0] is stage), start=_NOBODY)

    def of_persona(self, persona: Impact) -> Cell:
        return sum((place.reached for key, place in self.places.items() if key[1] is persona), start=_NOBODY)


def draw(db: Session, journey: JourneyMap, whose: Whose) -> Drawn:
    """The map with the customers meant by ``whose``, each counted once."""
    found = coverage.cells(db, whose)
    most = max((cell.customers for cell in found.values()), default=0)
    places = {}
    for (stage, persona), plan in journey.cells.items():
        reached = found.get((stage.value, persona.value), _NOBODY)
        places[stage, persona] = Place(plan, reached, heat(reached.customers, most))
    return Drawn(places, sum((place.reached for place in places.values()), start=_NOBODY))


def heat(customers: int, most: int) -> int:
    """The shade of a cell beside the fullest one; even one customer is seen."""
    return 0 if customers <= 0 else max(1, -(-customers * HEATS // most))
