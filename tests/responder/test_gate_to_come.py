"""Lengths, hours and offers to come: no arithmetic on the past, no condition and no other word lets them through."""

from dataclasses import replace
from datetime import UTC, datetime
from types import ModuleType

import pytest

from core.domain import FactSheet, IncidentStatus, Voice
from responder.gate import Candidate, compensation, crossed, dead_end, figures, forecast, secret, status
from responder.gate.personal_data import cautions

BAKERY = FactSheet(
    brand=Voice(name="Korn Bakeries"),
    title="Orders cannot be placed",
    status=IncidentStatus.IDENTIFIED,
    started_at=datetime(2026, 5, 4, 9, 0, tzinfo=UTC),
    next_update_at=datetime(2026, 5, 4, 13, 0, tzinfo=UTC),
    components=("orders", "website"),
    regions=("Alten", "Berg", "Corm"),
    facts={
        "scope": "Orders fail in Alten, Berg and Corm since 9:00; 1,900 of them are stuck. The ovens run as usual.",
        "next_step": "We put the shops back one by one, Alten first. The harvest sale starts again on Friday at 10:00.",
        "workaround": "Use the order form on the counter screen in any shop.",
    },
)
IN_PART = replace(
    BAKERY,
    status=IncidentStatus.MONITORING,
    facts={"scope": "Orders work again in Alten and Berg since 11:00. Corm is still without."},
)


def _found(check: ModuleType, reply: str, sheet: FactSheet = BAKERY, mention: str = "@korn it is 11:40 now") -> bool:
    return bool(list(check.check(Candidate(reply=reply, platform="reddit", mention=mention, sheet=sheet))))


@pytest.mark.parametrize(
    ("fair", "bad"),
    [
        ("Two hours and forty minutes without bread is long.", "Give us two hours and forty minutes."),
        ("We write in an hour and twenty minutes, at 13:00.", "It should work within an hour and twenty minutes."),
        ("Cela dure depuis deux heures quarante.", "Comptez deux heures et quarante minutes."),
        ("You waited 160 minutes.", "Each shop takes 160 minutes per town."),
    ],
)
def test_how_long_it_will_take_is_told_not_reckoned(fair: str, bad: str) -> None:
    assert not _found(figures, fair)
    assert _found(figures, bad)


def test_since_eight_and_for_eight_hours_are_written_alike_in_french() -> None:
    sheet = replace(BAKERY, started_at=datetime(2026, 5, 4, 8, 0, tzinfo=UTC), facts={"scope": "Orders fail."})
    assert not _found(figures, "Les commandes sont en panne depuis 8 h.", sheet, mention="?")
    assert _found(figures, "Les commandes sont en panne depuis 9 h.", sheet, mention="?")


@pytest.mark.parametrize(
    ("fair", "bad"),
    [
        ("Orders have failed since nine.", "Orders have failed since seven."),
        ("Los pedidos fallan desde las nueve.", "Los pedidos vuelven sobre las tres."),
        ("All three towns are hit.", "Some 2,300 orders are stuck."),
        ("Almost two thousand orders are stuck.", "One order in three is stuck."),
        ("Two of the three towns wait.", "One customer in six is stuck."),
        ("Two towns out of three wait.", "Somebody is served at twelve."),
        ("Everybody ordered at once.", "Everybody ordered at eight."),
        ("1,900 orders are stuck.", "Une commande sur trois est bloquée."),
    ],
)
def test_hours_in_words_and_shares_rest_on_the_facts(fair: str, bad: str) -> None:
    assert not _found(figures, fair)
    assert _found(figures, bad)


@pytest.mark.parametrize(
    ("fair", "bad"),
    [
        ("Le site reviendra en dernier, dans les trois villes.", "Le site reviendra dans les prochaines heures."),
        ("La venta vuelve a empezar el viernes a las 10:00.", "Los pedidos vuelven el jueves a las 10:00."),
        ("On your way home, look in here.", "Orders should be back for the school run."),
        ("Cuesta un par de pasos.", "Calcula un par de horitas y estará listo."),
        ("You were well ahead of schedule.", "Berg should be served well ahead of lunch."),
        ("Nous cherchons en ce moment.", "La boutique rouvrira en début d'après-midi."),
        ("Esta lista la hizo otro.", "A media mañana lo tendréis en Berg."),
        ("Nous cherchons encore.", "Ce sera rétabli pour la sortie des bureaux."),
    ],
)
def test_a_moment_to_come_has_many_names(fair: str, bad: str) -> None:
    assert not _found(forecast, fair)
    assert _found(forecast, bad)


@pytest.mark.parametrize(
    ("fair", "bad"),
    [
        ("We'll see if your shop is among them.", "If you order on Friday, the delivery is our treat."),
        ("Nous allons voir si vous êtes concernée.", "Le taxi est remboursé si vous gardez le reçu."),
        ("Free of stress it wasn't.", "Your next loaf ships free."),
        ("Votre envoi est parti.", "Votre prochain envoi, c'est nous qui le payons."),
        ("Der Preis, un précio normal.", "Te espera un precio reducido."),
        ("It comes back to mind.", "Show us the receipt and the money comes back to you."),
        ("Postage is on the parcel.", "Postage on your next order is ours."),
    ],
)
def test_an_offer_with_a_condition_is_an_offer(fair: str, bad: str) -> None:
    assert not _found(compensation, fair)
    assert _found(compensation, bad)


def test_a_clause_may_tell_of_two_places() -> None:
    assert not _found(crossed, "Orders are back in Berg (since 11:00) and still down in Corm.", IN_PART)
    assert not _found(crossed, "We're still keeping watch on Berg.", IN_PART)
    assert _found(crossed, "Orders are back in Corm.", IN_PART)
    assert _found(crossed, "Corm has returned, like Alten and Berg.", IN_PART)
    assert _found(crossed, "Les commandes sont de retour à Berg et à Corm.", IN_PART)
    assert _found(crossed, "Orders still fail in Berg.", IN_PART)
    assert not _found(crossed, "Corm est de retour en dernier.", IN_PART)


def test_the_place_may_stand_in_the_clause_before() -> None:
    assert not _found(status, "Merci, et tant mieux pour Berg. Les commandes y sont revenues.", IN_PART)
    assert _found(status, "Merci, et tant mieux pour Corm. Les commandes y sont revenues.", IN_PART)
    assert _found(status, "Merci, et tant mieux pour Berg. La panne est terminée.", IN_PART)


def test_the_workaround_is_a_way_whatever_it_takes() -> None:
    assert not _found(dead_end, "Log in to the order form on the counter screen.")
    assert _found(dead_end, "Log in to our website and order there.")


@pytest.mark.parametrize(
    ("clause", "asks"),
    [
        ("please leave passwords out of it", False),
        ("gardez votre numero pour le message", False),
        ("borra ese mensaje", False),
        ("leave your number here", True),
        ("send us your number", True),
    ],
)
def test_who_asks_to_keep_something_out_asks_for_nothing(clause: str, asks: bool) -> None:
    assert cautions(clause) is not asks


def test_a_password_that_is_to_be_left_out_is_not_asked_for() -> None:
    assert not _found(secret, "Send us a private message, please, and keep your password out of it.")
    assert _found(secret, "Send us a private message with your password.")
