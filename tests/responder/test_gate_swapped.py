"""What a fact tells of one thing may not be told of another, and nothing said to be kept may be told as lost."""

from datetime import UTC, datetime

import pytest

from core.domain import FactSheet, IncidentStatus, Voice
from responder.gate import Candidate, crossed, figures, status, swapped

FILM = FactSheet(
    brand=Voice(name="Fernwood TV", handles=("@fernwood",)),
    title="Live channels froze",
    status=IncidentStatus.MONITORING,
    started_at=datetime(2026, 3, 2, 19, 40, tzinfo=UTC),
    next_update_at=datetime(2026, 3, 2, 23, 0, tzinfo=UTC),
    components=("live channels", "radio player"),
    regions=("North valley", "South valley"),
    facts={
        "scope": "Live channels froze and play again since 21:05. No recording was lost.",
        "workaround": "The full concert can be watched on demand until 30 March.",
        "compensation": "Everyone off for more than six hours gets 9 euros back to the card within five days.",
    },
)


def _candidate(reply: str) -> Candidate:
    return Candidate(
        reply=reply, platform="reddit", mention="@fernwood what about the concert and my money", sheet=FILM
    )


def test_date_of_the_film_told_of_the_refund_is_found() -> None:
    found = list(swapped.check(_candidate("You get the 9 euros back to your card by 30 March.")))
    assert [finding.check for finding in found] == ["swapped"]


def test_each_figure_beside_its_own_fact_passes() -> None:
    reply = "The concert is there on demand until 30 March, and 9 euros go back to your card within five days."
    assert not list(swapped.check(_candidate(reply)))


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ("Your recordings were deleted, so please record the show again.", True),
        ("None of your recordings were deleted.", False),
        ("The radio player worked all evening.", True),
    ],
)
def test_what_the_facts_call_kept_or_failed_stays_so(reply: str, found: bool) -> None:
    assert bool(list(crossed.check(_candidate(reply)))) is found


@pytest.mark.parametrize(("hours", "found"), [("six", False), ("two", True)])
def test_line_for_money_is_the_policys_own(hours: str, found: bool) -> None:
    reply = f"Everyone off for more than {hours} hours gets 9 euros back."
    assert bool(list(figures.check(_candidate(reply)))) is found


def test_what_is_back_by_the_facts_is_not_called_closed() -> None:
    assert list(status.check(_candidate("Live channels are still offline.")))
    assert not list(status.check(_candidate("Some live channels are still offline for a few of you.")))
