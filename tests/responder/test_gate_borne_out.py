"""What looks like a fault is excused where the facts bear it out or we refuse it; beside each a bad one."""

from dataclasses import replace
from datetime import UTC, datetime
from types import ModuleType

import pytest

from core.domain import FactSheet, IncidentStatus, Voice
from responder.gate import (
    Candidate,
    blame,
    cause,
    compensation,
    crossed,
    dead_end,
    figures,
    forecast,
    guarantee,
    jargon,
    opposite,
    placeholder,
    scope,
    status,
    tone,
)

MARKET = FactSheet(
    brand=Voice(name="Harbour Market", handles=("@harbourmarket",)),
    title="Card payments fail",
    status=IncidentStatus.MONITORING,
    started_at=datetime(2026, 5, 4, 9, 10, tzinfo=UTC),
    next_update_at=datetime(2026, 5, 4, 21, 0, tzinfo=UTC),
    components=("card payments", "gift cards", "home delivery", "UPI"),
    regions=("Elmsay", "Corrie", "Dunnock Bay"),
    facts={
        "scope": "Card payments work again in Elmsay and Corrie. Dunnock Bay is still without card payments. "
        "UPI and gift cards worked throughout. No order was lost. Nobody was hurt.",
        "cause": "A lorry tore down the line at Corrie.",
        "next_step": "The broken router has been replaced. The line is repaired this evening.",
        "workaround": "The market office lends card readers until 20:00.",
        "compensation": "Every stall gets 12 euros off the next bill.",
        "prevention": "From June two people check every change.",
    },
)
OVER = FactSheet(
    brand=Voice(name="Harbour Market"),
    title="Card payments failed",
    status=IncidentStatus.RESOLVED,
    started_at=datetime(2026, 5, 4, 9, 10, tzinfo=UTC),
    components=("card payments", "UPI"),
    facts={
        "scope": "Card payments failed until 14:00. UPI worked throughout.",
        "next_step": "The broken fan was replaced.",
    },
)


def _found(check: ModuleType, reply: str, sheet: FactSheet, mention: str = "@harbourmarket what now") -> bool:
    return bool(list(check.check(Candidate(reply=reply, platform="reddit", mention=mention, sheet=sheet))))


@pytest.mark.parametrize(
    ("fair", "bad"),
    [
        ("UPI was fine the whole time.", "Card payments were fine the whole time."),
        ("Gift cards weren't part of this.", "Gift cards are down as well."),
        ("Not one gift card is out.", "Gift cards are out."),
    ],
)
def test_what_the_facts_say_works_may_be_said_to_work(fair: str, bad: str) -> None:
    assert not _found(crossed, fair, MARKET)
    assert _found(crossed, bad, MARKET)


@pytest.mark.parametrize(
    ("fair", "bad"),
    [
        ("Elmsay's card payments are fully back.", "Dunnock Bay's card payments are fully back."),
        ("The broken router has been replaced.", "Everything has been replaced."),
        ("Contactless is refused over the limit.", "The outage is over."),
        ("Two of the three towns are back.", "All customers are back."),
        ("We've got nothing more on that.", "We've got it all working."),
        ("Reste à régler la suite.", "La panne est réglée."),
    ],
)
def test_a_part_that_is_back_is_not_the_whole(fair: str, bad: str) -> None:
    assert not _found(status, fair, MARKET)
    assert _found(status, bad, MARKET)


@pytest.mark.parametrize(
    ("fair", "bad"),
    [
        ("Nothing's broken any more.", "It is still broken."),
        ("The broken fan is out.", "Card payments are out."),
        ("Your order hasn't been sent away.", "It hasn't been fixed."),
    ],
)
def test_after_the_end_nothing_goes_on(fair: str, bad: str) -> None:
    assert not _found(status, fair, OVER)
    assert _found(status, bad, OVER)


@pytest.mark.parametrize(
    ("fair", "bad"),
    [
        ("The office lends card readers till eight tonight.", "It will be back by eight tonight."),
        ("At nine tonight there'll be more from us.", "At nine tonight it should be working."),
        ("The line is being repaired tonight.", "You can expect delivery to be running tomorrow."),
        ("Ce soir-là, la boutique a fonctionné.", "Ce soir, tout sera rétabli."),
        ("Lo revisa otra persona antes de cargarse.", "Volverá antes de la cena."),
        ("It lasted an hour.", "Give it another hour."),
    ],
)
def test_a_time_of_the_facts_or_of_our_word_is_no_forecast(fair: str, bad: str) -> None:
    assert not _found(forecast, fair, MARKET)
    assert _found(forecast, bad, MARKET)


@pytest.mark.parametrize(
    ("fair", "bad"),
    [
        ("We can't vow it'll never stick again.", "It'll never stick again."),
        ('"Never again" is more than anyone can say.', "Never again will this happen."),
        ("Nobody loads a change on their own any more.", "Nobody will lose an order any more."),
        ("Garantía así no te la puedo dar.", "No volverá a pasar, te lo garantizo."),
        ("Je ne vous jurerai pas qu'il n'y aura plus jamais de panne.", "Il n'y aura plus jamais de panne."),
        ("La réservation en ligne ne répond plus.", "Cela n'arrivera plus jamais."),
        ("Nobody can pay by card at the moment.", "Nobody can ever lose a payment again."),
    ],
)
def test_a_promise_that_is_refused_is_none(fair: str, bad: str) -> None:
    assert not _found(guarantee, fair, MARKET)
    assert _found(guarantee, bad, MARKET)


@pytest.mark.parametrize(
    ("mention", "fair", "bad"),
    [
        ("is this a joke", "A morning without cards is no joke.", "Calm down, it's only a card."),
        ("who pays", "Who pays isn't something we can tell you.", "Who needs cards anyway."),
        ("y ahora", "Un técnico llega a la puerta.", "Ahí tienes la puerta."),
        ("et alors", "On n'a pas de quoi trancher.", "Pas de quoi en faire un drame."),
        ("sigo igual", "Deja de pelearte con la app, no es cosa tuya.", "Deja de quejarte ya."),
    ],
)
def test_everyday_words_do_not_talk_down(mention: str, fair: str, bad: str) -> None:
    assert not _found(tone, fair, MARKET, mention)
    assert _found(tone, bad, MARKET, mention)


@pytest.mark.parametrize(
    ("fair", "bad"),
    [
        ("It comes off the next bill by itself.", "Dinner is on the house."),
        ("Go and knock their socks off.", "You get a voucher as well."),
        ("Votre colis ne sera pas renvoyé.", "Le trajet ne vous sera pas facturé."),
        ("Personne ne m'a parlé d'un dédommagement.", "Vous aurez un dédommagement."),
        ("Sur un remboursement, nous n'avons rien à vous annoncer.", "Nous vous offrons le remboursement."),
    ],
)
def test_what_the_policy_gives_may_be_told_in_other_words(fair: str, bad: str) -> None:
    assert not _found(compensation, fair, MARKET)
    assert _found(compensation, bad, MARKET)


@pytest.mark.parametrize(
    ("check", "fair", "bad"),
    [
        (cause, "Un camión se llevó la línea.", "Un virus se llevó la línea."),
        (scope, "And no one was hurt.", "It is mostly Elmsay."),
        (scope, "Just turn up at Corrie.", "Only Corrie has it back."),
        (opposite, "Half an hour from now there'll be fresh news.", "From now on three trained guards watch it."),
    ],
)
def test_the_facts_bear_out_what_is_told_in_other_words(check: ModuleType, fair: str, bad: str) -> None:
    assert not _found(check, fair, MARKET)
    assert _found(check, bad, MARKET)


def test_words_of_two_languages_are_not_compared() -> None:
    facts = {"scope": "Payments at Harbour stalls do not work. Vouchers work."}
    sheet = replace(MARKET, status=IncidentStatus.IDENTIFIED, components=("stall payments",), facts=facts)
    assert not _found(crossed, "Un lien envoyé par Harbour fonctionne déjà chez vous.", sheet, "et alors")
    assert _found(crossed, "The payments at Harbour stalls work for all of you.", sheet)
    assert not _found(
        cause, "A pipe broke under the street.", replace(sheet, facts={"cause": "Se rompió una tubería."})
    )


@pytest.mark.parametrize(
    ("check", "fair", "bad"),
    [
        (crossed, "No order was lost on Monday.", "Your order was lost on Monday."),
        (cause, "We cannot promise Saturday.", "The system was saturated."),
        (blame, "Corrie est la dernière commune à revenir.", "La commune refuse d'ouvrir la rue."),
        (blame, "Esta tarde os toca terceros, tras Corrie.", "Un fallo de terceros lo provocó."),
        (jargon, "Los paquetes salen con retraso.", "Hubo una pérdida de paquetes en la troncal."),
        (placeholder, "Berths 2 and 3 are open.", "Water is free at TODO_LOCATION."),
        (placeholder, "Fares are back (nothing else is new here).", "Your booking for (film title here) stands."),
    ],
)
def test_a_word_of_another_meaning_is_no_fault(check: ModuleType, fair: str, bad: str) -> None:
    assert not _found(check, fair, MARKET)
    assert _found(check, bad, MARKET)


def test_until_we_have_found_it_says_that_it_is_not_found() -> None:
    early = replace(MARKET, status=IncidentStatus.INVESTIGATING, facts={"scope": MARKET.get("scope")})
    assert not _found(status, "Until we've found the cause, any time would be a guess.", early)
    assert _found(status, "We've found the cause, until then bear with us.", early)
    assert _found(status, "As we said before, we've found the cause.", early)


def test_people_may_be_sent_where_the_facts_send_them() -> None:
    shut = {**MARKET.facts, "scope": "Orders in the app fail.", "compensation": "A voucher of 5 euros in the app."}
    sheet = replace(MARKET, status=IncidentStatus.IDENTIFIED, components=("app",), facts=shut)
    fair = "You will find the voucher in the app."
    assert not _found(dead_end, fair, sheet)
    works = replace(sheet, components=("calls",), facts={"workaround": "Turn on Wi-Fi calling: calls then work."})
    assert _found(dead_end, "Just call us from your phone.", works)
    assert _found(dead_end, fair, replace(sheet, facts={**shut, "compensation": "A voucher of 5 euros."}))


def test_an_ordinal_of_the_customer_may_be_counted() -> None:
    at_one = replace(MARKET, next_update_at=datetime(2026, 5, 4, 13, 0, tzinfo=UTC))
    assert not _found(figures, "Ocho pisos, sin ascensor.", MARKET, "vivo en un octavo")
    assert _found(figures, "Ocho pisos, sin ascensor.", MARKET, "vivo en un sexto")
    assert not _found(figures, "A la 1 de la tarde damos más noticias.", at_one)
    assert _found(figures, "A las 4 de la tarde damos más noticias.", at_one)
