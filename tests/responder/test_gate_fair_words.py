"""Words that sound like a promise, an offer or an end, and are none; beside each, the like of it that is one."""

from dataclasses import replace
from datetime import UTC, datetime
from types import ModuleType

import pytest

from core.domain import FactSheet, IncidentStatus, Voice
from responder.gate import Candidate, compensation, forecast, guarantee, status, swapped
from responder.gate.quantities import figures

ALARM = FactSheet(
    brand=Voice(name="Faro Hogar"),
    title="La app no conecta",
    status=IncidentStatus.IDENTIFIED,
    started_at=datetime(2026, 6, 1, 17, 20, tzinfo=UTC),
    next_update_at=datetime(2026, 6, 1, 20, 30, tzinfo=UTC),
    components=("app",),
    regions=("Murcia", "Alicante"),
    facts={
        "scope": "Desde las 17:20 la app no conecta. El bus lanzadera sale hasta las 19:30.",
        "workaround": "La alarma se arma en el teclado junto a la puerta.",
        "compensation": "Una semana de cuota, descontada automáticamente en el recibo de julio.",
    },
)
FERRY = replace(ALARM, facts={"compensation": "Les billets annulés sont remboursés en entier."})
SHOP = replace(
    ALARM,
    facts={
        "scope": "On 22 November parcels due to leave our Leeds warehouse did not leave; they go out on 23 November.",
        "compensation": "Charges without an order are refunded by 27 November.",
    },
)


def stops(check: ModuleType, reply: str, sheet: FactSheet) -> bool:
    return bool(list(check.check(Candidate(reply=reply, platform="reddit", mention="@faro y ahora qué", sheet=sheet))))


@pytest.mark.parametrize(
    ("check", "sheet", "fair", "bad"),
    [
        (compensation, ALARM, "Se descuenta sola en el recibo de julio.", "El mes de julio le sale gratis."),
        (compensation, ALARM, "A week's fee is taken off your July bill.", "A week's fee, and dinner is on us."),
        (compensation, FERRY, "Your ticket is refunded in full.", "Your ticket is refunded, and here is a voucher."),
        (guarantee, ALARM, "It is in your list; they can't see it until you send it.", "You can't lose it ever again."),
        (guarantee, ALARM, "Quedarse sin un solo candidato es duro.", "Desde hoy, sin un solo corte."),
        (status, ALARM, "Ya estamos instalando el permiso nuevo.", "Ya está funcionando todo."),
        (forecast, ALARM, "Para poner la alarma esta noche, use el teclado.", "Estará arreglado esta noche."),
        (forecast, ALARM, "The shuttle leaves until 7:30 pm.", "It will be back by 8 pm."),
        (swapped, SHOP, "Your Leeds parcel goes out on 23 November.", "Your Leeds parcel goes out on 27 November."),
    ],
)
def test_the_fair_words_pass_and_the_like_of_them_does_not(
    check: ModuleType, sheet: FactSheet, fair: str, bad: str
) -> None:
    assert not stops(check, fair, sheet)
    assert stops(check, bad, sheet)


@pytest.mark.parametrize("text", ["comptez deux petites heures", "comptez deux bonnes heures", "dos largas horas"])
def test_a_span_may_be_told_with_feeling(text: str) -> None:
    assert [(figure.kind, figure.value) for figure in figures(text)] == [("span", 120.0)]
