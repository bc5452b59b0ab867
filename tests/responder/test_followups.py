"""How a follow-up begins: every opening, in every language, passes the gate and leaves room for what it is about."""

from datetime import UTC, datetime

import pytest

from core.domain import FactSheet, IncidentStatus, Voice
from responder.followups import LEADS
from responder.gate import Candidate
from responder.gate.registry import inspect, passes
from responder.lengths import measure

ASKED = {
    "en": "@northwind no data since 9, when is it back?",
    "fr": "@northwind plus de données depuis 9 h, ça revient quand ?",
    "es": "@northwind sin datos desde las 9, ¿cuándo vuelve?",
}
CAUSE = {
    "en": "A change we made overnight stopped part of our network.",
    "fr": "Un changement fait pendant la nuit a arrêté une partie de notre réseau.",
    "es": "Un cambio que hicimos durante la noche detuvo parte de nuestra red.",
}
SHEET = FactSheet(
    brand=Voice(name="Northwind Mobile", handles=("@northwind",)),
    title="Mobile data outage",
    status=IncidentStatus.RESOLVED,
    started_at=datetime(2026, 11, 20, 14, tzinfo=UTC),
    components=("mobile data",),
    facts={"cause": CAUSE["en"], "cause.fr": CAUSE["fr"], "cause.es": CAUSE["es"]},
)
FORMS = [(language, kind, form) for language, kinds in LEADS.items() for kind, forms in kinds.items() for form in forms]


@pytest.mark.parametrize(("language", "kind", "form"), FORMS)
def test_an_opening_passes_the_gate_and_is_short(language: str, kind: str, form: str) -> None:
    candidate = Candidate(reply=f"{form} {CAUSE[language]}", platform="x", mention=ASKED[language], sheet=SHEET)
    findings = inspect(candidate)
    assert passes(findings), findings
    assert measure("x", form).length <= 80


def test_every_language_has_an_opening_for_every_kind() -> None:
    assert {kind for kinds in LEADS.values() for kind in kinds} == {"resolved", "update", ""}
    assert all(set(kinds) == {"resolved", "update", ""} for kinds in LEADS.values())
