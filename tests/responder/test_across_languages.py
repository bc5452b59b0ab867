"""What can be told of facts that stand in another language than the reply: only what needs no translation."""

from dataclasses import replace

import pytest

from core.domain import FactSheet, IncidentStatus, Stage
from tests.responder.test_playbook import FULL, write

STEP = {
    "en": "We are going back place by place: Beckfield first, then Arden, then Cole.",
    "fr": "Nous remettons en service Beckfield, puis Arden, puis Cole.",
    "es": "Primero volverá Beckfield, luego Arden, luego Cole.",
}
ORDER = {"en": "Beckfield, Arden and Cole", "fr": "Beckfield, Arden et Cole", "es": "Beckfield, Arden y Cole"}
WHEN = {"en": "when is Cole back?", "fr": "Cole, ça revient quand ?", "es": "¿cuándo vuelve Cole?"}


def stepping(text: str, **more: object) -> FactSheet:
    return replace(FULL, regions=("Arden", "Beckfield", "Cole"), facts={"next_step": text}, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("facts", STEP)
@pytest.mark.parametrize("reply", WHEN)
def test_the_order_of_the_places_is_told_in_every_language(facts: str, reply: str) -> None:
    written = write(WHEN[reply], sheet=stepping(STEP[facts]), language=reply, platform="x", stage=Stage.SURPRISE)
    assert (STEP[facts] if facts == reply else ORDER[reply]) in written.text
    assert "next_step" in written.facts_used


@pytest.mark.parametrize(
    "step",
    [
        "We first test the cable, then Arden and Beckfield open.",
        "Arden comes back first, then Beckfield and Cole.",
        "Arden, Beckfield and Cole are being checked.",
    ],
)
def test_no_order_is_told_that_is_not_one_after_the_other(step: str) -> None:
    text = write(WHEN["fr"], sheet=stepping(step), language="fr", platform="mastodon").text
    assert "ordre" not in text


def test_what_is_over_has_no_order_to_come() -> None:
    sheet = stepping(STEP["en"], status=IncidentStatus.RESOLVED)
    assert "ordre" not in write(WHEN["fr"], sheet=sheet, language="fr").text


def test_that_compensation_comes_by_itself_is_told() -> None:
    sheet = replace(FULL, facts={"compensation": "The fee of today is refunded automatically."})
    text = write("je veux être remboursé", sheet=sheet, language="fr", platform="mastodon").text.lower()
    assert "automatique" in text


def test_a_place_that_is_no_name_stays_in_its_language() -> None:
    sheet = replace(FULL, regions=("all countries",), facts={})
    for language, words in (("fr", "qu'est-ce qui se passe ?"), ("es", "¿qué pasa?")):
        assert "countries" not in write(words, sheet=sheet, language=language).text
    assert "all countries" in write("what is going on?", sheet=sheet).text
