"""What the letters of a reply tell: hidden ones, other alphabets, other languages, the customer's own post."""

import pytest

from core.domain import Level
from responder.gate.registry import inspect
from tests.responder.test_gate import blocked_by, reply

HONEST = "We know Leeds has no home internet since 6:20, and we are sorry that your evening is spoilt by it."


@pytest.mark.parametrize(
    ("said", "marked"),
    [
        ("We know Leeds\u202e is offline, sorry.", "\u202e"),
        ("We know Lee\u200bds is offline, sorry.", "\u200b"),
        ("We know Leeds is offline, sorry.\U000e0041\U000e0042", "\U000e0041\U000e0042"),
        ("We know Leeds is off\u200dline, sorry.", "\u200d"),
        ("We know Leeds is \ufffd offline, sorry.", "\ufffd"),
        ("We know Leeds is \U0001d5fc\U0001d5f3\U0001d5f3, sorry.", "\U0001d5fc\U0001d5f3\U0001d5f3"),
        ("We know Leeds is offline, s\u043erry.", "s\u043erry"),
    ],
)
def test_letters_that_nobody_sees_or_reads_as_others_are_marked(said: str, marked: str) -> None:
    [found] = [finding for finding in inspect(reply(said)) if finding.check == "hidden"]
    assert said[found.start : found.end] == marked


@pytest.mark.parametrize(
    "sign", ["\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "👨‍👩‍👧", "É", "µ", "1º"]
)
def test_flags_families_and_accents_are_not_hidden(sign: str) -> None:
    assert "hidden" not in blocked_by(reply(f"{HONEST} {sign}"))


@pytest.mark.parametrize(
    "said",
    [
        "نحن نعلم أن الإنترنت متوقف في ليدز ونعمل على إصلاحه الآن",
        "Мы знаем, что в Лидсе нет интернета, и ищем причину.",
        "Wir wissen, dass in Leeds das Internet ausgefallen ist, und wir suchen die Ursache.",
        "Sappiamo che a Leeds internet non funziona, e siamo al lavoro per capire il perché anche adesso.",
        "Sabemos que em Leeds não há internet, e estamos agora à procura da causa com os técnicos.",
        "We weten dat het internet in Leeds niet werkt en zijn nog bezig met de oorzaak voor jullie.",
    ],
)
def test_a_customer_is_not_answered_in_another_tongue(said: str) -> None:
    mention = "@fenwickbb my internet is down again and nobody will tell me why"
    assert "language" in blocked_by(reply(said, mention=mention))


@pytest.mark.parametrize(
    "mention",
    [
        "@fenwickbb インターネットが使えません、いつ直りますか",
        "@fenwickbb das Internet ist schon wieder weg und ich kann nicht arbeiten",
    ],
)
def test_where_no_playbook_writes_the_customer_s_language_another_is_only_remarked(mention: str) -> None:
    found = [finding for finding in inspect(reply(HONEST, mention=mention)) if finding.check == "language"]
    assert [finding.level for finding in found] == [Level.WARN]


def test_the_same_word_over_and_over_tells_no_language() -> None:
    assert "language" not in blocked_by(reply(HONEST, mention="@fenwickbb no data no data no data no data"))


def test_a_post_given_back_is_no_answer() -> None:
    post = "my internet in Leeds has been off since half past six and I have an exam tonight"
    assert "echo" in blocked_by(reply(post, mention=f"@fenwickbb {post}"))
    assert "echo" in blocked_by(reply(f"Sorry: {post}!", mention=f"@fenwickbb {post}"))
    assert "echo" not in blocked_by(reply(f"An exam tonight is bad timing. {HONEST}", mention=f"@fenwickbb {post}"))
