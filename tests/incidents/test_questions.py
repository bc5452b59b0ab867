"""What customers ask: sorted by topic, alike ones together, nobody named."""

from itertools import pairwise

import pytest

from incidents.questions import Heard, calm, most_asked, topic_of

POSTS = [
    ("@northwind when will mobile data be back??", "en"),
    ("When is it coming back? I have work to do", "en"),
    ("how long is this going to take", "en"),
    ("@northwind why did this happen? Do we get a refund?", "en"),
    ("Quand est-ce que ça revient ? @northwind", "fr"),
    ("¿Cuándo vuelve el servicio? Mi pedido 48213377 no llega", "es"),
    ("Can I still call 911?", "en"),
    ("This is a disgrace.", "en"),
    ("Does roaming in Mexico still work with the new tariff?", "en"),
    ("does roaming in mexico work on the tariff?", "en"),
    ("Is the moon made of cheese?", "en"),
]


def test_the_most_asked_comes_first_with_its_count() -> None:
    found = most_asked(POSTS)
    assert (found[0].topic, found[0].count) == ("when", 5)
    counts = {question.topic: question.count for question in found}
    assert counts["why"] == counts["refund"] == counts["safe"] == 1


def test_what_fits_no_topic_is_grouped_by_likeness() -> None:
    asked = [("Does roaming in Mexico need another plan?", "en"), ("so roaming in mexico, another plan needed?", "en")]
    [question] = most_asked([*asked, ("Can I paint my phone blue?", "en")])
    assert (question.topic, question.count) == ("", 2)
    assert "oaming in" in question.heard[0].text


def test_hundreds_of_different_questions_are_sorted_in_time() -> None:
    words = [first + second for first in "bcdfghjklmnp" for second in ("arado", "evilu", "itonk", "omuse", "urnel")]
    asked = [(f"is {one} {two} {third}?", "en") for one in words for two, third in pairwise(words) if one < two]
    assert most_asked([*asked[:1990], *asked[:3]])[0].count >= 2


def test_nobody_is_named() -> None:
    posts = [("@kim_lee why is 416-555-0199 dead, see https://x.example/1 mail kim@example.org order 48213377?", "en")]
    [question] = most_asked(posts)
    assert question.heard == (Heard("Why is dead, see mail order ?", "en"),)


def test_a_post_counts_once_for_a_topic() -> None:
    assert most_asked([("When? When will it be back? How long will it take?", "en")])[0].count == 1


@pytest.mark.parametrize(
    ("sentence", "language", "topic"),
    [
        ("Is it just me?", "en", "what"),
        ("Will I be credited for this?", "en", "refund"),
        ("What can I do meanwhile?", "en", "how"),
        ("Where do I send the receipt?", "en", "refund"),
        ("Where can we send the photos?", "en", ""),
        ("Where can I follow it?", "en", "where"),
        ("Où puis-je envoyer les photos ?", "fr", ""),
        ("Où on peut envoyer les photos ?", "fr", ""),
        ("Où puis-je suivre ?", "fr", "where"),
        ("¿Dónde puedo enviar las fotos?", "es", ""),
        ("¿Dónde puedo verlo?", "es", "where"),
        ("Pourquoi ça ne marche pas ?", "fr", "why"),
        ("Je serai remboursé ?", "fr", "refund"),
        ("¿Por qué no funciona?", "es", "why"),
        ("¿Me van a devolver el dinero?", "es", "refund"),
        ("Where is Ottawa in the order", "en", "when"),
        ("Was it in the order I sent?", "en", ""),
        ("Blue or red?", "en", ""),
    ],
)
def test_topics(sentence: str, language: str, topic: str) -> None:
    assert topic_of(sentence, language) == topic


def test_nothing_asked() -> None:
    assert most_asked([]) == []
    assert most_asked([("No signal at all.", "xx")]) == []


@pytest.mark.parametrize(
    ("asked", "heading"),
    [
        ("WHAT DO I PAY YOU FOR??", "What do I pay you for?"),
        ("ON PAYE POUR QUOI ?!?!", "On paye pour quoi ?"),
        ("¿POR QUÉ NADIE CONTESTA???", "¿Por qué nadie contesta?"),
        ("Does the SIM of my TV work?", "Does the SIM of my TV work?"),
        ("? ?", "?"),
    ],
)
def test_a_heading_does_not_shout(asked: str, heading: str) -> None:
    assert calm(asked) == heading


@pytest.mark.parametrize(
    ("asked", "language", "heading"),
    [
        ("Where is Ottawa in the list", "en", "Where is Ottawa in the list?"),
        ("Où est Ottawa dans la liste", "fr", "Où est Ottawa dans la liste\u202f?"),
        ("Dónde está Ottawa en la lista", "es", "¿Dónde está Ottawa en la lista?"),
        ("WHERE IS OTTAWA IN THE LIST", "en", "Where is ottawa in the list?"),
        ("Roaming or not", "en", "Roaming or not"),
        ("What a day it was", "en", "What a day it was"),
        ("Wann kommt Ottawa", "de", "Wann kommt Ottawa"),
    ],
)
def test_a_question_without_its_mark_is_a_question(asked: str, language: str, heading: str) -> None:
    assert calm(asked, language) == heading


def test_what_begins_as_a_question_is_heard_without_its_mark() -> None:
    [question] = most_asked(
        [("Bus is due at noon. Where is Ottawa in the order", "en"), ("Est-ce que c'est fini", "xx")]
    )
    assert (question.topic, question.heard) == ("when", (Heard("Where is Ottawa in the order", "en"),))
    assert most_asked([("What a disgrace this is.", "en")]) == []
