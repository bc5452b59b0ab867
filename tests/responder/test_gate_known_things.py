"""Common things have one name in three languages: none is told in another state than the facts tell it in."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.domain import FactSheet, IncidentStatus, Voice
from responder.gate import Candidate, known_things

LINE = FactSheet(
    brand=Voice(name="Marlow Line"),
    title="Ticket machines down",
    status=IncidentStatus.IDENTIFIED,
    started_at=datetime(2026, 5, 4, 9, 0, tzinfo=UTC),
    components=("kiosks",),
    facts={
        "scope": "The app and the help chat do not answer since 9:00, nor do the kiosks. Trains are running. Coaches "
        "work as usual, calls to the phone line get through. Tickets bought before today are valid.",
        "next_step": "We are restarting the chat.",
    },
)
FRENCH = replace(
    LINE, facts={"scope": "Depuis 9 h l'appli ne répond pas. Les trains roulent. Les guichets vendent des billets."}
)
OVER = replace(LINE, status=IncidentStatus.RESOLVED)


def _found(reply: str, sheet: FactSheet) -> bool:
    return bool(list(known_things.check(Candidate(reply=reply, platform="x", mention="@marlow ?", sheet=sheet))))


@pytest.mark.parametrize(
    ("fair", "bad"),
    [
        ("Trains are running.", "Trains don't go today."),
        ("Los trenes circulan.", "Los trenes no circulan hoy."),
        ("Les trains roulent.", "Aujourd'hui les trains ne roulent pas."),
        ("Tickets from last week are fine.", "Tickets from last week are not valid."),
        ("The chat isn't answering.", "The chat works."),
        ("L'appli ne répond pas.", "L'appli fonctionne normalement."),
        ("If your train is cancelled, tell us.", "All trains are cancelled."),
    ],
)
def test_a_thing_is_in_the_state_that_the_facts_give(fair: str, bad: str) -> None:
    assert not _found(fair, LINE)
    assert _found(bad, LINE)


def test_the_facts_may_be_in_another_language() -> None:
    assert _found("The ticket desks are closed.", FRENCH)
    assert _found("La app funciona con normalidad.", FRENCH)
    assert not _found("You can buy a ticket at the desks, trains run.", FRENCH)


def test_a_number_of_the_facts_is_such_a_thing() -> None:
    sheet = replace(LINE, facts={"scope": "El chat no responde. El teléfono 900 123 456 funciona."})
    assert _found("Ahora mismo el 900 123 456 está fuera de servicio.", sheet)
    assert not _found("El 900 123 456 funciona.", sheet)


def test_what_is_unsure_asked_or_over_stays() -> None:
    assert not _found("The app should work by itself later.", LINE)
    assert not _found("Does the app work for you?", LINE)
    assert not _found("The chat works.", OVER)
    assert not _found("The coaches are late as you say.", LINE)
