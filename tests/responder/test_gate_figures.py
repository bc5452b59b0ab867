"""Figures told in words, in another unit or worked out pass where they are right, and the ones beside them do not."""

from datetime import UTC, datetime

import pytest

from core.domain import FactSheet, IncidentStatus, Voice
from responder.gate import Candidate, figures
from responder.gate import quantities as read

FACTS = {
    "scope": "From 21:00 to 08:20 on Saturday the lockers stayed shut. 9,000 parcels are a day late.",
    "next_step": "The new lock is fitted locker by locker; 9 of 22 lockers are done.",
    "workaround": "The desk is open longer, from 20:00 to 22:00. The van stops here at 15 minutes past each hour.",
    "compensation": "Delays of more than 60 minutes give 4 % of the fee back within 15 days.",
    "prevention": "About 2,300 doors were checked, 610 still are not. A door is held for one minute.",
}


def _stopped(reply: str, post: str = "", facts: dict[str, str] | None = None, at: str = "17:40") -> bool:
    hour, minute = map(int, at.split(":"))
    sheet = FactSheet(
        brand=Voice(name="Lockerby"),
        title="Lockers stay shut",
        status=IncidentStatus.MONITORING,
        started_at=datetime(2026, 3, 2, hour, minute, tzinfo=UTC),
        facts=FACTS if facts is None else facts,
    )
    return bool(list(figures.check(Candidate(reply=reply, platform="reddit", mention=post, sheet=sheet))))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("It began at twenty to six.", "It began at ten to six."),
        ("It began twenty minutes before six.", "It began twenty-five minutes before six."),
        ("It went on from twenty to six.", "It went on from ten to six."),
        ("It began at five-forty.", "It began at five-fifty."),
        ("Empezó a las cinco y cuarenta.", "Empezó a las cinco y cincuenta."),
        ("Empezó a las cinco cuarenta.", "Empezó a las cinco cincuenta."),
        ("Empezó veinte minutos antes de las seis.", "Empezó diez minutos antes de las seis."),
        ("Empezó cuarenta minutos pasadas las cinco.", "Empezó treinta minutos pasadas las cinco."),
        ("C'est vingt minutes avant six heures.", "C'est dix minutes avant six heures."),
        ("Depuis six heures moins vingt.", "Depuis six heures moins dix."),
    ],
)
def test_hours_in_words_are_the_hour_they_name(right: str, wrong: str) -> None:
    assert not _stopped(right, facts={})
    assert _stopped(wrong, facts={})


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Twelve o'clock is when we report.", "Eleven o'clock is when we report."),
        ("Twelve is when we report.", "Eleven is when we report."),
        ("We write when the clock says twelve.", "We write when the clock says eleven."),
    ],
)
def test_hours_without_a_mark_have_to_be_full_hours_that_were_told(right: str, wrong: str) -> None:
    assert not _stopped(right, facts={}, at="12:00")
    assert _stopped(wrong, facts={}, at="12:00")
    assert _stopped(right, facts={}, at="12:20")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Nueve mil paquetes llegan tarde.", "Ocho mil paquetes llegan tarde."),
        ("Neuf mille colis sont en retard.", "Sept mille colis sont en retard."),
        ("Four per cent comes back.", "Five per cent comes back."),
        ("Vuelve el cuatro por ciento.", "Vuelve el nueve por ciento."),
        ("Quatre pour cent reviennent.", "Neuf pour cent reviennent."),
        ("It holds for sixty seconds.", "It holds for fifty seconds."),
        ("It is twenty-four hours behind.", "It is seventy-two hours behind."),
        ("You have two weeks and a day.", "You have five weeks and a day."),
        ("It lasted eleven hours and twenty minutes.", "It took thirteen hours and twenty minutes."),
        ("The desk has two extra hours.", "The desk has seven extra hours."),
        ("Cela fait cent vingt minutes.", "Cela fait cent trente-trois minutes."),
        ("It starts from sixty.", "It starts from seventy."),
        ("Thirteen lockers are left.", "Fourteen lockers are left."),
        ("Thirteen lockers are left.", "Thirteen lockers are done."),
        ("Better than seven in ten were checked.", "Better than eight in ten were checked."),
        ("Thousands of parcels are late.", "Millions of parcels are late."),
        ("The van stops at 2:15.", "The van stops at 2:25."),
        ("The van stops at a quarter past the hour.", "The van stops at a quarter to the hour."),
    ],
)
def test_the_same_told_in_another_way_passes_and_another_number_does_not(right: str, wrong: str) -> None:
    assert not _stopped(right)
    assert _stopped(wrong)


@pytest.mark.parametrize(
    ("post", "right", "wrong"),
    [
        ("half 9 and nothing", "Three hours and fifty minutes, that is long.", "Four hours and forty minutes left."),
        ("tengo tren a las 18:30 y son las 16:50", "Te queda una hora y cuarenta.", "Te queda una hora y veinte."),
        ("25 min late again", "Your twenty-five are one too many.", "Your thirty-five are one too many."),
        ("stuck here with 6%", "Six per cent is not much.", "Eight per cent is not much."),
    ],
)
def test_the_customers_hours_and_numbers_are_counted_with(post: str, right: str, wrong: str) -> None:
    assert not _stopped(right, post, facts={})
    assert _stopped(wrong, post, facts={})


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("ciento cinco minutos", "span", 105),
        ("a hundred and twenty minutes", "span", 120),
        ("una hora y tres cuartos", "span", 105),
        ("an hour and three-quarters", "span", 105),
        ("trois heures un quart", "time", 195),
        ("nueve horas y cuarenta minutos", "span", 580),
        ("neuf heures et quarante minutes", "span", 580),
        ("mediodia y media", "time", 30),
        ("midi et demi", "time", 30),
        ("tres mil cuatrocientas", "number", 3400),
        ("soixante-dix-neuf", "number", 79),
    ],
)
def test_number_words_that_stand_together_are_one_figure(text: str, kind: str, value: float) -> None:
    (found,) = read.figures(text)
    assert (found.kind, found.value) == (kind, value)


@pytest.mark.parametrize(
    "told",
    ["Since 05:50 UK time (06:50 in France) the app is down.", "Since 06:50 CET / 05:50 UK the app is down."],
)
def test_where_the_facts_tell_two_clocks_every_hour_may_be_told_by_both(told: str) -> None:
    facts = {"scope": told, "next_step": "The desk opens at 09:30."}
    assert not _stopped("El mostrador abre a las 10:30, las 9:30 en Londres.", facts=facts, at="05:50")
    assert _stopped("El mostrador abre a las 11:30.", facts=facts, at="05:50")
    assert _stopped("El mostrador abre a las 8:30.", facts=facts, at="05:50")
    assert _stopped(
        "The desk opens at 10:30.", facts={**facts, "scope": "Down since 05:50 (06:50 on foot)."}, at="05:50"
    )


def test_who_signs_is_no_month() -> None:
    assert not _stopped("It began at twenty to six. ^June")
    assert not _stopped("Desde las 17:40. ~ Julio")
    assert _stopped("The lockers open in July. ^June")


def test_a_range_of_days_and_an_hour_with_a_count_are_no_times() -> None:
    assert [found.value for found in read.figures("in three to five working days")] == [3, 5]
    assert [found.value for found in read.figures("four hours and 9,000 parcels")] == [240, 9000]
