"""Back by no fact, or still out though all of it is over: found in three languages, and nothing that may be said."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.domain import FactSheet, IncidentStatus, Voice
from responder.gate import Candidate, over

OUT = FactSheet(
    brand=Voice(name="Tamarin Lights"),
    title="No street lights",
    status=IncidentStatus.IDENTIFIED,
    started_at=datetime(2026, 5, 4, 17, 10, tzinfo=UTC),
    components=("street lights", "app"),
    regions=("Orme", "Vey"),
    facts={"scope": "Street lights in Orme and Vey are out since 17:10. Traffic lights work as usual.",
           "next_step": "We are putting the old cable back, Orme first."},
)  # fmt: skip
OVER = replace(
    OUT,
    status=IncidentStatus.RESOLVED,
    facts={"scope": "Street lights in Orme and Vey were out from 17:10 to 23:00. All of them work."},
)
IN_PART = replace(OVER, facts={"scope": "Street lights in Orme work since 23:00. The app is still down."})


def _found(reply: str, sheet: FactSheet, mention: str = "@tamarin any news?") -> bool:
    return bool(list(over.check(Candidate(reply=reply, platform="mastodon", mention=mention, sheet=sheet))))


@pytest.mark.parametrize(
    "reply",
    [
        "The lights in Vey came back a short while ago.",
        "Orme is lit again, Vey follows.",
        "The lights have returned in both places.",
        "Orme a retrouvé ses lampadaires.",
        "Les lampadaires d'Orme fonctionnent à nouveau.",
        "Las farolas de Vey funcionan otra vez desde hace un rato.",
        "Hemos recuperado la luz en las calles de Orme.",
    ],
)
def test_nothing_is_back_that_no_fact_calls_back(reply: str) -> None:
    assert _found(reply, OUT)
    assert not _found(reply, OUT, mention="@tamarin the lights are back in Vey!")
    assert not _found(reply, IN_PART)


@pytest.mark.parametrize(
    "reply",
    [
        "We'll tell you as soon as the lights are back.",
        "Are the lights in your street on again?",
        "We can't say when Vey will be lit again.",
        "The lights are back when the old cable is in.",
        "Traffic lights work as usual.",
        "We're back here at 21:00.",
        "Come back at 21:00 and we'll say what we've learnt.",
        "Y ya va para tres horas.",
        "What you paid is given back.",
        "Les lampadaires s'allument à nouveau d'abord à Orme, une fois le câble posé.",
        "Todavía no funcionan otra vez.",
    ],
)
def test_what_is_to_come_or_of_something_else_stays(reply: str) -> None:
    assert not _found(reply, OUT)


@pytest.mark.parametrize(
    "reply",
    [
        "Not yet, sorry.",
        "The lights in Orme are still out of service.",
        "They have been down since 17:10.",
        "Pas encore, hélas.",
        "Orme est toujours en panne.",
        "Las farolas siguen fuera de servicio.",
        "Seguimos trabajando en ello.",
    ],
)
def test_nothing_goes_on_when_all_of_it_is_over(reply: str) -> None:
    assert _found(reply, OVER)
    assert not _found(reply, IN_PART)
    assert not _found(reply, OUT)


@pytest.mark.parametrize(
    "reply", ["We still don't know your street.", "If it is still down for you, tell us.", "Pas encore décidé."]
)
def test_one_customer_and_what_is_undecided_may_be_open(reply: str) -> None:
    assert not _found(reply, OVER)
