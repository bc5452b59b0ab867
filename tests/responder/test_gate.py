"""The gate stops what must not be said and lets honest replies through."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from core.domain import FactSheet, Finding, IncidentStatus, Level, Voice
from incidents.facts_file import load
from responder.claims.model import ClaimModel
from responder.gate import Candidate
from responder.gate.registry import CHECKS, inspect, passes
from responder.gate.support import judge

HERE = Path(__file__).parent
CASES = [
    json.loads(line)
    for name in ("gate_cases.jsonl", "gate_cases_2.jsonl", "gate_cases_3.jsonl")
    for line in (HERE / name).read_text(encoding="utf-8").splitlines()
]


@cache
def sheet(name: str) -> FactSheet:
    return load(HERE / "sheets" / f"{name}.toml")


def candidate(case: dict) -> Candidate:
    return Candidate(
        reply=case["reply"], platform=case["platform"], mention=case["mention"], sheet=sheet(case["sheet"])
    )


def reply(text: str, *, name: str = "early", mention: str = "@fenwickbb still down", **more: object) -> Candidate:
    return Candidate(reply=text, platform="reddit", mention=mention, sheet=sheet(name), **more)  # type: ignore[arg-type]


def blocking(found: Iterable[Finding]) -> set[str]:
    return {finding.check for finding in found if finding.level is Level.BLOCK}


def blocked_by(one: Candidate) -> set[str]:
    return blocking(inspect(one))


Inspected = list[tuple[dict, tuple[Finding, ...]]]


@pytest.fixture(scope="module")
def inspected() -> Inspected:
    """Every case with what the gate finds in it."""
    return [(case, inspect(candidate(case))) for case in CASES]


def test_bad_drafts_are_blocked(inspected: Inspected) -> None:
    bad = [(case, found) for case, found in inspected if "fault" in case]
    missed = [case["id"] for case, found in bad if passes(found)]
    assert len(bad) > 150
    assert len(missed) <= 0.05 * len(bad), missed


def test_clean_drafts_pass(inspected: Inspected) -> None:
    clean = [(case, found) for case, found in inspected if "fault" not in case]
    stopped = {case["id"]: blocking(found) for case, found in clean if not passes(found)}
    assert len(clean) > 150
    assert len(stopped) <= 0.05 * len(clean), stopped


def test_findings_point_into_the_reply_and_say_what_to_do(inspected: Inspected) -> None:
    found = [(case, finding) for case, findings in inspected for finding in findings]
    assert found
    for case, finding in found:
        assert 0 <= finding.start <= finding.end <= len(case["reply"]), case["id"]
        assert len(finding.message) > 20


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("", "length"),
        ("Hi {name}, home internet is out in Leeds.", "placeholder"),
        ("Home internet is out in Leeds for 4,200 homes.", "figure"),
        ("Home internet went out at 5:10 in Leeds.", "figure"),
        ("See https://fenwick.example/help for more on Leeds.", "contact"),
        ("Call 0113 496 0182 about Leeds.", "contact"),
        ("Leeds will be back online by 9 pm.", "forecast"),
        ("Leeds gets a free month.", "compensation"),
        ("Home internet in Leeds is fixed.", "status"),
        ("The outage in Leeds was caused by a cut cable.", "cause"),
        ("Our supplier let Leeds down.", "blame"),
        ("We were negligent in Leeds.", "legal"),
        ("This will never happen again in Leeds.", "guarantee"),
        ("BGP and DNS failover broke in Leeds.", "jargon"),
        ("The admin password in Leeds was shared.", "security"),
        ("Please post your account number here for Leeds.", "personal_data"),
        ("We apologise for any inconvenience.", "rote"),
        ("Calm down, it's only the internet in Leeds.", "tone"),
        ("No sabemos aún la causa, pero estamos buscando qué pasa en Leeds.", "language"),
        ("As instructed, here are my rules for Leeds.", "injection"),
        ("Mobile service in Leeds is down too.", "contradiction"),
        ("Use our live chat from your home wi-fi in Leeds.", "dead_end"),
    ],
)
def test_each_check_stops_its_own_fault(text: str, check: str) -> None:
    mention = (
        "@fenwickbb why is it still down and when will it be back for my house"
        if check == "language"
        else "@fenwickbb leeds?"
    )
    found = inspect(reply(text, mention=mention))
    assert check in {finding.check for finding in found}
    assert not passes(found)


def test_every_check_has_its_own_name() -> None:
    names = [name for name, _ in CHECKS]
    assert len(names) == len(set(names))


def test_the_next_update_may_be_told_in_any_clock() -> None:
    for told in ("8:15 pm", "20:15", "8.15 pm", "20 h 15", "8:15"):
        text = f"Some customers in Leeds and York have no home internet. Next update at {told}."
        assert passes(inspect(reply(text))), told
    wrong = "Some customers in Leeds and York have no home internet. Next update at 8:45 pm."
    assert blocked_by(reply(wrong)) == {"figure"}


def test_the_customers_own_figures_may_be_used() -> None:
    text = "Nine years with us and your Leeds line goes dead, twice in 3 weeks. That hurts."
    assert "figure" in blocked_by(reply(text))
    assert passes(inspect(reply(text, mention="9 years a customer @fenwickbb, second time in 3 weeks")))
    assert passes(inspect(reply(text, history=["9 years a customer, second time in 3 weeks"])))


def test_a_private_message_may_ask_for_the_account_number() -> None:
    assert passes(inspect(reply("Send us a private message with your account number and we'll check your Leeds line.")))


@pytest.mark.parametrize(
    "text",
    [
        "Send us a private message with your password and we'll check Leeds.",
        "DM me the one-time code you just got.",
        "Envoyez-nous en privé votre mot de passe et nous regardons.",
        "Mándanos por privado el código de seguridad de tu tarjeta.",
    ],
)
def test_a_secret_is_asked_for_nowhere(text: str) -> None:
    assert "secret" in blocked_by(reply(text))


@pytest.mark.parametrize(
    "text",
    [
        "Please never send us your password.",
        "Put the card in and confirm your PIN at the terminal.",
        "Ne nous envoyez jamais votre code secret.",
    ],
)
def test_a_secret_may_be_spoken_of(text: str) -> None:
    assert "secret" not in blocked_by(reply(text))


def test_near_copies_of_recent_replies_are_seen() -> None:
    text = "We know Leeds has no home internet since 6:20 and we are sorry that your evening is spoilt by it."
    assert passes(inspect(reply(text)))
    near = inspect(reply(text, recent=["Hello!", text.replace("evening", "dinner")]))
    assert [(finding.check, finding.level) for finding in near] == [("duplicate", Level.WARN)]
    assert blocked_by(reply(text, recent=["Hello!", text.upper()])) == {"duplicate"}


def test_without_an_incident_little_is_known() -> None:
    empty = FactSheet(brand=Voice(name="Fenwick"), status=None)
    plain = Candidate(reply="Thank you for telling us about the shop.", platform="x", mention="great shop", sheet=empty)
    assert passes(inspect(plain))
    resolved = FactSheet(
        brand=Voice(name="Fenwick"), status=IncidentStatus.RESOLVED, started_at=datetime.now().astimezone()
    )
    still = Candidate(reply="It is still down and we are working on it.", platform="x", mention="ok?", sheet=resolved)
    assert "status" in {finding.check for finding in inspect(still)}


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        "1 " * 50_000,
        "we will " * 12_500,
        "(" * 100_000,
        "@a." * 33_000,
        "credit " * 14_000,
        "it is back " * 9_000,
        "\n" * 100_000,
        "é'" * 50_000,
        "Yes, your street address is " * 3_500,
    ],
)
@pytest.mark.timeout(30)
def test_hostile_length_does_not_hang(text: str) -> None:
    assert not passes(inspect(reply(text)))


_HOSTILE = ["1-", "a.", "1", "1 ", '"', "'a", "$1,", "1,", "1:", "1%", "11:30 ", "«", "@a", "(1", "a-", "1.1.", "1h "]


@pytest.mark.parametrize("field", ["reply", "mention", "history"])
@pytest.mark.timeout(120)
def test_time_grows_no_faster_than_the_text(field: str) -> None:
    """What the customer wrote may be much longer than any reply, and its size must not stop the queue."""
    for piece in _HOSTILE:
        text = piece * (40_000 // len(piece))
        given: dict[str, object] = {"history": [text] * 10} if field == "history" else {}
        one = reply(
            text if field == "reply" else "4,200 homes in Leeds are out.",
            mention=text if field == "mention" else "@fenwickbb still down",
            **given,
        )
        assert not passes(inspect(one)), piece


@pytest.mark.parametrize("region", ["Saint John (NB", "Zone [3", "Nord + Est", "C:\\Dorf", "*"])
def test_a_region_may_have_any_name(region: str) -> None:
    told = replace(
        sheet("partial"),
        regions=(region, "Farley"),
        facts={"scope": f"{region} and Farley are out.", "next_step": f"{region} comes back first."},
    )
    for text in (
        f"{region} and Oldtown are down too. Farley comes first. {region} comes back last.",
        f"Power is back in {region}. {region} has it back.",
    ):
        inspect(replace(reply(text, mention=f"Oldtown out, {region} as well"), sheet=told))


def test_the_beginning_of_a_long_post_counts_as_the_customers_words() -> None:
    text = "9 years with us and your Leeds line goes dead. That hurts."
    assert passes(inspect(reply(text, mention="9 years a customer @fenwickbb " + "and still angry " * 2_000)))


def test_a_span_between_two_known_times_may_be_said() -> None:
    mention = "@fenwickbb it went off at 4 pm and now it is 7:30 pm"
    assert passes(inspect(reply("You have been without Leeds home internet for 210 minutes. Sorry.", mention=mention)))
    assert "figure" in blocked_by(reply("You lost 200 customers in Leeds, sorry.", mention=mention))


def test_the_same_facts_for_everybody_are_no_copy() -> None:
    fact = "Every customer in Leeds gets two days of credit on the next bill, without asking for it."
    given = reply(f"Your shop lost its morning, and we see that. {fact}")
    sheet = replace(given.sheet, facts={**given.sheet.facts, "compensation": fact})
    other = f"An exam is hard enough without this. {fact}"
    found = {finding.check for finding in inspect(replace(given, sheet=sheet, recent=[other]))}
    assert "duplicate" not in found
    assert "duplicate" in blocked_by(replace(given, sheet=sheet, recent=[given.reply]))


needs_model = pytest.mark.skipif(not ClaimModel().present(), reason="this installation has no claim model")


@needs_model
@pytest.mark.parametrize(
    ("text", "borne_out", "not_borne_out"),
    [
        ("Ice on the trees brought two lines down.", "partial", "early"),
        ("De la glace sur les arbres a fait tomber deux lignes.", "partial", "early"),
        ("Se nos pasó renovar un certificado de seguridad.", "resolved", "partial"),
        ("We don't know the cause yet.", "early", "resolved"),
        ("Three crews are at work on the second line.", "partial", "resolved"),
    ],
)
def test_the_same_clause_stands_or_falls_with_the_sheet(text: str, borne_out: str, not_borne_out: str) -> None:
    def unsupported(name: str) -> float:
        judged = judge(reply(text, name=name, mention="what is going on"))
        return max(one.unsupported for one in judged)

    assert unsupported(borne_out) < unsupported(not_borne_out)


@needs_model
def test_what_the_facts_say_word_for_word_is_never_unsupported() -> None:
    for name in ("early", "partial", "resolved"):
        for fact in sheet(name).facts.values():
            if len(fact.split()) > 3:
                found = inspect(reply(fact, name=name))
                assert not [finding for finding in found if finding.check == "support"], fact


def test_clauses_of_a_long_reply_are_all_read() -> None:
    long = "We have no news for York. " * 120
    judged = judge(reply(long))
    assert len(judged) in {0, 120}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Some customers in Leeds and York have no home internet since shortly after six. More at 8:15 pm.", "en"),
        (
            "Des clients de Leeds et York sont sans internet depuis six heures vingt. Un point à vingt heures quinze.",
            "fr",
        ),
        ("Toujours pas d'internet à Leeds. Prochain point peu après vingt heures.", "fr"),
        ("Siguen sin internet en Leeds desde poco después de las seis. Más noticias a las 20:15.", "es"),
    ],
)
def test_hours_in_words_and_by_and_large_are_the_facts_own(text: str, language: str) -> None:
    mention = {"en": "@fenwickbb leeds?", "fr": "@fenwickbb toujours rien à Leeds ?", "es": "@fenwickbb ¿y Leeds?"}
    assert "figure" not in blocked_by(reply(text, mention=mention[language]))


def test_noon_is_a_time_like_any_other() -> None:
    sheet_at = replace(sheet("early"), next_update_at=datetime.fromisoformat("2026-11-19T12:00:00+00:00"))
    for text in ("More news at noon about Leeds.", "Prochain point à midi pour Leeds."):
        assert "figure" not in blocked_by(replace(reply(text), sheet=sheet_at))
    assert "figure" in blocked_by(reply("More news at noon about Leeds."))
