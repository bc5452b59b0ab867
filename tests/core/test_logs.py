"""Logs: structured, and without secrets."""

import json
import logging

import pytest

from core.logs import Formatter, Redactor


def _record(message: str, **fields: object) -> logging.LogRecord:
    record = logging.makeLogRecord({"name": "t", "levelname": "INFO", "msg": message})
    record.__dict__.update(fields)
    return record


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer AAAAAAAAAcanarysecret",
        "password=canarysecret&user=a",
        '{"access_token": "canarysecret"}',
        "GET /setup/canarysecret-canarysecret",
        "plain canarysecret somewhere",
    ],
)
def test_what_looks_like_a_credential_is_hidden(text: str) -> None:
    line = Formatter(Redactor(["canarysecret"]), "text").format(_record(text))
    assert "canarysecret" not in line
    assert "[hidden]" in line


def test_a_secret_in_a_traceback_or_a_field_is_hidden() -> None:
    try:
        int("canarysecret in an error")
    except ValueError as error:
        record = _record("failed", token_used="canarysecret")
        record.exc_info = (type(error), error, error.__traceback__)
    for style in ("text", "json"):
        assert "canarysecret" not in Formatter(Redactor(["canarysecret"]), style).format(record)  # type: ignore[arg-type]


def test_json_lines_hold_the_fields() -> None:
    line = json.loads(Formatter(Redactor(), "json").format(_record("polled", source="x", new=3)))
    assert (line["message"], line["source"], line["new"], line["level"]) == ("polled", "x", 3, "info")


def _break(error: Exception) -> None:
    raise error


HOSTILE = "a\n2026-11-20T14:00:00.000+00:00 INFO    forged\r\x1b[2J\x85\u2028\u2029\u202e\x7f\x00"


def test_nobody_forges_a_line_or_steers_the_terminal() -> None:
    line = Formatter(Redactor(), "text").format(_record(HOSTILE, report=HOSTILE, more={"deep": HOSTILE}))
    assert len(line.splitlines()) == 1
    assert not set(line) & set(HOSTILE[1:]) - set(filter(str.isprintable, HOSTILE))
    assert r"a\n2026" in line
    assert r"\x1b[2J" in line


def test_ordinary_words_of_every_language_stay_as_they_are() -> None:
    text = "Élodie’s 👩‍👩‍👧 ناظم 東京 ¡hola!"
    assert text in Formatter(Redactor(), "text").format(_record(text))


def test_a_traceback_stays_readable_and_none_of_its_lines_looks_like_a_record() -> None:
    try:
        _break(ValueError(HOSTILE))
    except ValueError as error:
        record = _record("failed")
        record.exc_info = (type(error), error, error.__traceback__)
    first, *rest = Formatter(Redactor(), "text").format(record).splitlines()
    assert first.endswith("failed")
    assert any("_break(ValueError(HOSTILE))" in line for line in rest)
    assert all(line.startswith("    ") for line in rest)


AWKWARD = ['pa"ss\\word9', "pass\tword\n9x", "pässwörd9", "per%cent&word=9", 'it\'s "both"']


@pytest.mark.parametrize("secret", AWKWARD)
@pytest.mark.parametrize("style", ["text", "json"])
def test_a_secret_with_awkward_characters_is_hidden_however_it_is_written(secret: str, style: str) -> None:
    try:
        _break(KeyError(secret))
    except KeyError as error:
        record = _record(f"log-in with {secret} and {secret!r} and {json.dumps(secret)}", header=secret)
        record.__dict__.update(deep={"list": [secret, (secret,)], secret: 1}, other=ValueError(secret))
        record.exc_info = (type(error), error, error.__traceback__)
    line = Formatter(Redactor([secret]), style).format(record)  # type: ignore[arg-type]
    forms = (secret, repr(secret)[1:-1], json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    assert not [form for form in forms if form in line]
    assert line.count("[hidden]") >= 8


def test_a_json_line_can_be_read_whatever_is_hidden_in_it() -> None:
    record = _record('token=abc" and password="two words"', token=12345, secret=None, number=123456, share=0.5)
    line = json.loads(Formatter(Redactor(["123456"]), "json").format(record))
    assert (line["token"], line["secret"], line["number"], line["share"]) == ("[hidden]", "[hidden]", "[hidden]", 0.5)
    assert "abc" not in line["message"]
