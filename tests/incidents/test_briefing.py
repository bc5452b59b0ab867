"""The front-line pack: in step with the facts, short enough to be listened to, honest about what is missing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.domain import FactSheet, IncidentStatus, Voice
from incidents.announcements import BANNER, SPOKEN_SECONDS
from incidents.briefing import pack, pieces
from incidents.inside import Course
from incidents.questions import Heard, Question

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=timezone(timedelta(hours=-5)))
LANGUAGES = ("en", "fr", "es")
SHEET = FactSheet(
    brand=Voice(name="Northwind Mobile"),
    title="Mobile data outage",
    status=IncidentStatus.IDENTIFIED,
    started_at=NOW - timedelta(hours=1),
    next_update_at=NOW + timedelta(minutes=30),
    components=("mobile data",),
    regions=("Ontario", "Québec"),
    facts={
        "cause": "A change we made overnight stopped part of our network.",
        "workaround": "Turn on Wi-Fi calling. Calls to 911 still go through.",
        "workaround.fr": "Activez les appels Wi-Fi.",
    },
    links=("https://status.northwind.example",),
    version=7,
)
NAMES = {"fr": {"mobile data": "les données mobiles"}}


def asks(topic: str, count: int, *wordings: str, language: str = "en") -> Question:
    return Question(topic, count, tuple(Heard(wording, language) for wording in wordings))


def made(sheet: FactSheet = SHEET, questions: tuple[Question, ...] = (), language: str = "en", **course: int):
    reach = Course(**course)
    return pack(sheet, questions=questions, course=reach, language=language, languages=LANGUAGES, names=NAMES, now=NOW)


def test_it_rests_on_one_version_at_one_time() -> None:
    assert (made().version, made().at) == (7, NOW)


def test_what_is_asked_most_comes_first_with_its_answer() -> None:
    asked = (asks("refund", 9, "Do I get money back?"), asks("why", 4, "Why?"))
    answers = made(questions=asked).answers
    assert [(one.topic, one.count, one.known) for one in answers[:2]] == [("refund", 9, False), ("why", 4, True)]
    assert answers[0].answer == "Not known yet. Next update Fri 20 November, 09:30."
    assert answers[1].answer == "A change we made overnight stopped part of our network."
    assert {one.topic for one in answers} >= {"when", "what", "how"}, "what everybody asks is answered unasked"


def test_a_question_of_no_topic_is_shown_and_not_answered_by_guessing() -> None:
    [own] = [one for one in made(questions=(asks("", 3, "Does roaming work?"),)).answers if not one.topic]
    assert (own.question, own.known, own.count) == ("Does roaming work?", False, 3)


def test_emergency_calls_are_answered_only_from_the_facts() -> None:
    asked = (asks("safe", 1, "Can I call 911?"),)
    [safe] = [one for one in made(questions=asked).answers if one.topic == "safe"]
    assert safe.answer == "Calls to 911 still go through."
    nothing = replace(SHEET, facts={})
    [safe] = [one for one in made(nothing, asked).answers if one.topic == "safe"]
    assert (safe.known, safe.answer[:14]) == (False, "Not known yet.")


LONG = "We are bringing the cities back one after the other, beginning with Kingston and London. " * 20


@pytest.mark.parametrize("status", list(IncidentStatus)[1:5])
@pytest.mark.parametrize(
    "facts", [{}, SHEET.facts, dict.fromkeys(("scope", "next_step", "workaround", "compensation"), LONG)]
)
def test_the_telephone_says_it_in_time_in_every_language(status: IncidentStatus, facts: dict[str, str]) -> None:
    regions = tuple(f"Region {number}" for number in range(40)) if facts else ()
    for one in made(replace(SHEET, status=status, facts=facts, regions=regions)).aloud:
        assert one.words == len(one.text.split())
        assert one.seconds <= SPOKEN_SECONDS, one.text
        assert "http" not in one.text


def test_the_telephone_speaks_one_language_at_a_time() -> None:
    english, french, spanish = made().aloud
    assert english.text == (
        "This is Northwind Mobile. We have an outage: mobile data in Ontario and Québec. Turn on Wi-Fi calling. "
        "Calls to 911 still go through. Next update at 9:30 am. "
        "If your call is about something else, please stay on the line."
    )
    assert "Activez les appels Wi-Fi." in french.text
    assert "Prochain point à 9 h 30." in french.text
    assert "Turn on" not in french.text + spanish.text


def test_a_passed_time_is_not_announced() -> None:
    late = replace(SHEET, next_update_at=NOW - timedelta(minutes=1))
    assert "Next update" not in made(late).aloud[0].text
    assert "The promised update is late." in made(late).internal
    assert "Next update" not in made(late).banners[0].text
    [refund] = [one for one in made(late).answers if one.topic == "refund"]
    assert refund.answer == "Not known yet. The update we promised for Fri 20 November, 08:59 is late."


@pytest.mark.parametrize("title", ["Mobile data outage", "Everything " * 60])
def test_a_banner_is_one_short_line(title: str) -> None:
    for one in made(replace(SHEET, title=title)).banners:
        assert len(one.text) <= BANNER
        assert "\n" not in one.text


def test_internal_and_executive_texts_say_what_is_missing() -> None:
    both = made(customers=212, mentions=300, angry=80, leaving=7, sent=40, waiting=12, overdue=2)
    assert "Compensation: not known yet" in both.internal
    assert "Next update: Fri 20 November, 09:30" in both.internal
    assert "Customers who wrote: 212. Their posts: 300, angry ones: 80. Threaten to leave: 7." in both.summary
    assert "Not known or not decided: scope, next step, compensation, prevention." in both.summary
    assert "Overdue promises: 2." in both.summary


def test_when_it_is_over_the_texts_say_so() -> None:
    over = replace(SHEET, status=IncidentStatus.RESOLVED, next_update_at=None)
    [when] = [one for one in made(over).answers if one.topic == "when"]
    assert (when.answer, when.known) == ("It is over.", True)
    assert made(over).banners[0].text.startswith("Resolved: Mobile data outage.")
    assert "Next update: none, it is over" in made(over).internal


def test_utc_times_are_said_as_given() -> None:
    sheet = replace(SHEET, next_update_at=datetime(2026, 11, 20, 15, 0, tzinfo=UTC))
    assert "Next update at 3 pm." in made(sheet).aloud[0].text


def test_no_line_for_customers_speaks_two_languages() -> None:
    english, french, spanish = (one.text for one in made().banners)
    assert english.startswith("Outage: Mobile data outage.")
    assert french.startswith("Panne\u00a0: les données mobiles (Ontario et Québec).")
    assert spanish.startswith("Avería: nuestro servicio (Ontario y Québec)."), "it has no Spanish name"
    named = made(replace(SHEET, components=("mobile data", "MyNorthwind")))
    assert "les données mobiles et MyNorthwind" in named.banners[1].text
    assert "les données mobiles et MyNorthwind" in named.aloud[1].text


def test_who_reads_of_an_end_is_not_told_that_it_lasts_since() -> None:
    over = made(replace(SHEET, status=IncidentStatus.RESOLVED))
    assert over.internal.startswith("Mobile data outage: resolved, began Fri 20 November, 08:00.")
    assert over.summary.startswith("Mobile data outage: resolved, began Fri 20 November, 08:00.")


def test_the_texts_for_our_own_people_speak_the_agents_language() -> None:
    french = made(language="fr", customers=1234, overdue=1)
    assert french.internal.splitlines()[:5] == [
        "Mobile data outage (en anglais)\u00a0: cause identifiée, début ven. 20 novembre, 8 h 00.",
        "Touché\u00a0: les données mobiles (Ontario et Québec)",
        "Cause\u00a0: A change we made overnight stopped part of our network. (en anglais)",
        "Ce que nous faisons\u00a0: pas encore connu",
        "Ce que les clients peuvent faire\u00a0: Activez les appels Wi-Fi.",
    ]
    assert "Clients qui ont écrit\u00a0: 1\u202f234." in french.summary
    assert "Pas connu ou pas décidé\u00a0: étendue, prochaine étape, dédommagement, prévention." in french.summary
    assert "Promesses en retard\u00a0: 1." in french.summary


def test_what_is_back_is_told_with_its_name() -> None:
    back = replace(SHEET, restored=("mobile data", "Arnprior"))
    assert "Back: mobile data and Arnprior" in made(back).internal
    assert "Rétabli\u00a0: les données mobiles et Arnprior" in made(back, language="fr").internal


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", [None, *IncidentStatus])
def test_every_state_has_words_in_every_language(language: str, status: IncidentStatus | None) -> None:
    both = made(replace(SHEET, status=status, restored=("calls",)), language=language, overdue=1)
    assert "{" not in both.internal + both.summary


def test_a_shouted_question_is_a_calm_heading() -> None:
    [own] = [one for one in made(questions=(asks("", 3, "WHAT DO I PAY YOU FOR??"),)).answers if not one.topic]
    assert own.question == "What do I pay you for?"


@pytest.mark.parametrize("status", [IncidentStatus.RESOLVED, IncidentStatus.CLOSED])
def test_when_it_is_over_nobody_waits_for_what_customers_can_do(status: IncidentStatus) -> None:
    for facts in ({}, SHEET.facts):
        over = made(replace(SHEET, status=status, facts=facts), (asks("how", 2, "What can I do?"),))
        [how] = [one for one in over.answers if one.topic == "how"]
        assert (how.answer, how.known) == ("Nothing any more: it is over.", True)
        assert "What customers can do" not in over.internal
        assert "What is being done" not in over.summary
        assert "next step" not in over.summary
        said = " ".join(one.text for one in (*over.aloud, *over.banners))
        assert "Wi-Fi" not in said
        assert "We have an outage" not in said
    assert not [one for one in made(replace(SHEET, status=status)).answers if one.topic == "how"], "nobody asked"
    still = replace(SHEET, status=status, facts={"next_step": "If yours still fails, tell us."})
    [how] = [one for one in made(still, (asks("how", 1),)).answers if one.topic == "how"]
    assert how.answer == "Nothing any more: it is over. If yours still fails, tell us."


def test_components_that_people_call_the_same_are_one() -> None:
    names = {"fr": {"home internet": "internet", "internet": "internet", "back": "internet"}}
    sheet = replace(SHEET, components=("home internet", "internet"), restored=("internet", "back"))
    [_english, french] = pack(
        sheet, questions=(), course=Course(), language="en", languages=("en", "fr"), names=names, now=NOW
    ).banners
    assert french.text.startswith("Panne\u00a0: internet (Ontario et Québec).")


def test_what_is_in_another_language_says_so() -> None:
    asked = (
        asks("why", 3, "Why?", language="en"),
        Question("when", 2, (Heard("Which turn is it", "en"), Heard("C'est pour quand ?", "fr"), Heard("Wann?", "de"))),
        asks("", 2, "Does roaming work?", "Roaming ok?", language="en"),
    )
    french = made(questions=asked, language="fr")
    by_topic = {one.topic: one for one in french.answers}
    assert (by_topic["why"].asked_in, by_topic["why"].said_in) == ("fr", "en"), "the cause has no French words"
    assert (by_topic["how"].said_in, by_topic["when"].said_in) == ("fr", "fr")
    assert by_topic[""].asked_in == "en"
    assert [one.language for one in by_topic["when"].heard] == ["fr", "de", "en"], "the reader's language first"
    assert (french.own, french.tongues["en"]) == ("en", "en anglais")
    assert french.foreign[0] == SHEET.title
    assert [part for part, foreign in pieces(french.internal, french.foreign) if foreign] == [
        SHEET.title,
        SHEET.facts["cause"],
    ]
    assert "".join(part for part, _foreign in pieces(french.summary, french.foreign)) == french.summary
    english = made(questions=asked)
    assert not english.foreign
    assert "(in English)" not in english.internal


def test_the_plain_facts_are_in_the_brands_first_language() -> None:
    sheet = replace(SHEET, title="Panne de données", facts={"workaround": "Activez le Wi-Fi.", "cause": "Un câble."})
    french, english = (
        one.text
        for one in pack(
            sheet, questions=(), course=Course(), language="fr", languages=("fr", "en"), names=NAMES, now=NOW
        ).aloud
    )
    assert "Activez le Wi-Fi." in french
    assert "Activez" not in english
