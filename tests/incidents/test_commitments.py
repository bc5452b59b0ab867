"""Commitments in replies and updates: found in three languages, with the time they name."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import responder.writers
from core.domain import PromiseKind
from incidents.commitments import find, sentences

ZONE = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)  # Friday, 09:05 in Toronto


def found(text: str, now: datetime = NOW) -> list[tuple[str, str]]:
    """Kind and local due time ("20 15:00", "" for none) of every commitment."""
    return [
        (each.kind.value, f"{each.due_at:%d %H:%M}" if each.due_at else "")
        for each in find(text, made_at=now, zone=ZONE)
    ]


KEPT = {
    # --- English
    "Next update at 15:00.": ("update", "20 15:00"),
    "We'll post our next update here by 3 pm.": ("update", "20 15:00"),
    "You'll hear from us again at 2.30 p.m. today.": ("update", "20 14:30"),
    "Another update is coming at noon.": ("update", "20 12:00"),
    "We will keep you posted.": ("update", ""),
    "More news tomorrow at 9.": ("update", "21 09:00"),
    "We'll be back with more within the next two hours.": ("update", "20 11:05"),
    "Expect an update in half an hour.": ("update", "20 09:35"),
    "Updates every 30 minutes from now on.": ("update", ""),
    "We'll let you know as soon as it's back.": ("restored", ""),
    "We will tell you when it is back.": ("restored", ""),
    "Our team will message you here once your line works again.": ("restored", ""),
    "We'll say so here the moment everything is up.": ("restored", ""),
    "The credit will be applied to your next bill.": ("credit", "21 09:05"),
    "We will credit five days of service by Friday 27 November.": ("credit", "27 23:59"),
    "Every customer in Ontario gets two days of credit, automatically.": ("credit", ""),
    "You'll receive a refund within 3 business days.": ("credit", "25 09:05"),
    "Your $20 refund is paid by Monday.": ("credit", "23 23:59"),
    "We'll call you tomorrow morning.": ("contact", "21 12:00"),
    "Someone will get back to you by the end of the day.": ("contact", "20 23:59"),
    "A technician will visit on Tuesday between 9 and 11.": ("contact", "24 23:59"),
    "We will have it fixed by tonight.": ("repair", "20 22:00"),
    "Service will be restored before midnight.": ("repair", "21 00:00"),
    "Your router will be replaced next week.": ("repair", "29 23:59"),
    "We'll check your account today.": ("other", "20 23:59"),
    "I will look into your bill this afternoon.": ("other", "20 18:00"),
    "It isn't fixed yet, but we'll tell you more at 3 pm.": ("update", "20 15:00"),
    # --- French
    "Ce n'est pas encore réglé, mais nous ferons le point à midi.": ("update", "20 12:00"),
    "Prochaine mise à jour à 15 h.": ("update", "20 15:00"),
    "Nous ferons le point à 15 h 30.": ("update", "20 15:30"),
    "Vous aurez de nos nouvelles ce soir.": ("update", "20 22:00"),
    "Nous vous tiendrons au courant.": ("update", ""),
    "On vous donne des nouvelles d'ici deux heures : prochain point à 11 h.": ("update", "20 11:05"),
    "Nous vous dirons dès que ça remarche.": ("restored", ""),
    "Nous vous préviendrons quand le service sera rétabli.": ("restored", ""),
    "Le crédit sera appliqué sur votre prochaine facture.": ("credit", "21 09:05"),
    "Nous vous rembourserons demain avant midi.": ("credit", "21 12:00"),
    "Chaque client reçoit cinq jours de crédit.": ("credit", ""),
    "Nous vous rappellerons lundi matin.": ("contact", "23 12:00"),
    "Nous reviendrons vers vous sous 24 heures.": ("contact", "21 09:05"),
    "Le service sera rétabli d'ici 18 h.": ("repair", "20 18:00"),
    "Nous vérifierons votre ligne aujourd'hui.": ("other", "20 23:59"),
    # --- Spanish
    "Todavía no está arreglado, pero informaremos a mediodía.": ("update", "20 12:00"),
    "Próxima actualización a las 15:00.": ("update", "20 15:00"),
    "Volveremos a informar a las 3 de la tarde.": ("update", "20 15:00"),
    "Le mantendremos al tanto.": ("update", ""),
    "Publicaremos más información en dos horas.": ("update", "20 11:05"),
    "Le avisaremos en cuanto vuelva el servicio.": ("restored", ""),
    "Cuando esté resuelto, se lo diremos por aquí; le avisaremos cuando vuelva.": ("restored", ""),
    "El crédito se aplicará en su próxima factura.": ("credit", "21 09:05"),
    "Le abonaremos dos días antes del lunes.": ("credit", "23 23:59"),
    "Cada cliente recibe cinco días de crédito.": ("credit", ""),
    "Le llamaremos mañana por la mañana.": ("contact", "21 12:00"),
    "Nos pondremos en contacto con usted hoy.": ("contact", "20 23:59"),
    "El servicio estará restablecido a medianoche.": ("repair", "21 00:00"),
    "Revisaremos su caso el 25 de noviembre.": ("other", "25 23:59"),
}

FREE = [
    "We're sorry. Mobile data is down in Ontario, and that is on us.",
    "We don't have a time for the next update yet.",
    "We don't know yet when it will be back.",
    "We won't make up a time.",
    "We will not be able to refund this.",
    "When will it be back?",
    "Will we call you?",
    "If it still fails, we'll look at your line.",
    "If you lost more than that, write to us and we will look at each case.",
    "Tell us the town and we'll check.",
    "We're undoing the change city by city.",
    "We'll keep working until it's fixed.",
    "Whether there will be compensation isn't decided.",
    "Turn the phone off and on.",
    "Nous ne savons pas encore quand cela reviendra.",
    "Nous n'avons pas encore d'heure pour le prochain point.",
    "Nous ne rembourserons pas cette somme.",
    "Si ça ne marche pas, nous regarderons votre ligne.",
    "Dites-nous la ville et nous regarderons.",
    "Quand est-ce que ce sera rétabli ?",
    "Todavía no sabemos cuándo volverá.",
    "No tenemos hora para la próxima actualización.",
    "No le reembolsaremos ese importe.",
    "Si sigue sin funcionar, lo revisaremos.",
    "¿Cuándo volverá el servicio?",
    "Queremos saberlo.",
    "No vamos a adivinar.",
]


@pytest.mark.parametrize("sentence", KEPT)
def test_a_commitment_is_found_with_its_kind_and_time(sentence: str) -> None:
    assert found(sentence) == [KEPT[sentence]]


@pytest.mark.parametrize("sentence", FREE)
def test_what_commits_to_nothing_is_no_promise(sentence: str) -> None:
    assert found(sentence) == []


def test_every_commitment_of_a_text_is_found_where_it_stands() -> None:
    text = (
        "Sorry about this. We'll call you at 4 p.m. tomorrow. Next update at 11:30 a.m., here. Turn on Wi-Fi calling."
    )
    each = find(text, made_at=NOW, zone=ZONE)
    assert [(one.kind, f"{one.due_at:%d %H:%M}") for one in each] == [
        (PromiseKind.CONTACT, "21 16:00"),
        (PromiseKind.UPDATE, "20 11:30"),
    ]
    assert all(text[one.start :].startswith(one.sentence) for one in each)


def test_an_address_and_an_abbreviation_end_no_sentence() -> None:
    text = "See status.northwind.example for more. We write at 3 p.m. again."
    assert [sentence for _, sentence in sentences(text)] == [
        "See status.northwind.example for more.",
        "We write at 3 p.m. again.",
    ]


@pytest.mark.parametrize(
    ("now", "sentence", "due"),
    [
        ("2026-11-20T15:10:00-05:00", "Next update at 15:00.", "20 15:00"),  # just passed: late, not tomorrow
        ("2026-11-20T22:30:00-05:00", "Next update at 8:00.", "21 08:00"),
        ("2026-11-20T14:00:00-05:00", "Next update at 3.", "20 15:00"),  # the next three o'clock there is
        ("2026-11-20T22:00:00-05:00", "Next update at 3.", "21 03:00"),
        ("2026-11-20T23:50:00-05:00", "Next update in 20 minutes.", "21 00:10"),
        ("2026-11-20T23:50:00-05:00", "Prochaine mise à jour demain à 7 h.", "21 07:00"),
        ("2026-12-30T10:00:00-05:00", "We'll call you on January 4.", "04 23:59"),
        ("2026-11-23T10:00:00-05:00", "We'll call you on Monday.", "30 23:59"),
        ("2027-03-13T20:00:00-05:00", "Next update tomorrow at 9:00.", "14 09:00"),  # the clocks go forward that night
    ],
)
def test_times_are_counted_from_the_approval_in_the_brands_zone(now: str, sentence: str, due: str) -> None:
    assert [at for _, at in found(sentence, datetime.fromisoformat(now))] == [due]


@pytest.mark.parametrize("now", ["2027-03-14T01:00:00-05:00", "2027-11-07T00:30:00-04:00"])
@pytest.mark.parametrize(
    ("sentence", "hours"),
    [("Next update in 3 hours.", 3), ("Next update in half an hour.", 0.5), ("Next update in 90 minutes.", 1.5)],
)
def test_a_span_is_as_long_in_the_night_the_clocks_change(now: str, sentence: str, hours: float) -> None:
    made = datetime.fromisoformat(now)
    [one] = find(sentence, made_at=made, zone=ZONE)
    assert one.due_at is not None
    assert one.due_at.astimezone(UTC) - made.astimezone(UTC) == timedelta(hours=hours)


def test_the_offset_is_the_one_of_that_day() -> None:
    [one] = find(
        "Next update tomorrow at 9:00.", made_at=datetime.fromisoformat("2027-03-13T20:00:00-05:00"), zone=ZONE
    )
    assert one.due_at is not None
    assert one.due_at.isoformat() == "2027-03-14T09:00:00-04:00"


SPOKEN = {"en": "at 2:30 pm", "fr": "à 14 h 30", "es": "a las 14:30"}


@pytest.mark.parametrize("language", SPOKEN)
def test_every_way_the_playbook_names_an_update_is_a_promise_of_it(language: str) -> None:
    file = Path(responder.writers.__file__).parent / "texts" / f"{language}.toml"
    update = tomllib.loads(file.read_text(encoding="utf-8"))["update"]
    for form in update["at"]:
        assert found(form.format(at=SPOKEN[language])) == [("update", "20 14:30")], form
    for sentence in (*update["unknown"], *update["no_eta"]):
        assert found(sentence) == [], sentence


@pytest.mark.parametrize("text", ["a" * 20_000, "we will " * 4000, "in 1 " * 4000, "at 1:1" * 4000, "." * 20_000])
def test_a_hostile_text_is_read_in_time(text: str) -> None:
    find(text, made_at=NOW, zone=ZONE)
