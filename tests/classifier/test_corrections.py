"""The reader of exported corrections: every fault has its place."""

import json

import pytest

from classifier.corrections import read
from core.domain import Intent, Sentiment
from core.errors import InputError

LINE = {
    "id": "17", "sentiment": "neutral", "emotion": "confusion", "intents": ["question"], "outage": False,
    "angry": False, "impact": "none", "about": "service", "language": "en", "model": "m@1",
    "text": "is it me?", "who": "Ana",
    "when": "2026-11-20T14:00:00+00:00", "from": {"outage": True}, "to": {"outage": False},
}  # fmt: skip


def written(tmp_path, *lines):
    path = tmp_path / "corrections.jsonl"
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


def test_a_correction_is_read(tmp_path):
    (found,) = read(written(tmp_path, LINE, ""))
    assert found.text == "is it me?"
    assert found.labels.sentiment is Sentiment.NEUTRAL
    assert found.labels.intents == (Intent.QUESTION,)
    assert found.changed == {"outage"}
    assert (found.who, found.model) == ("Ana", "m@1")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object but a list"),
        (LINE | {"text": " "}, "text: empty"),
        (LINE | {"text": None}, "text: missing"),
        (LINE | {"sentiment": "glad"}, "sentiment: 'glad' is not one of negative, neutral, positive"),
        (LINE | {"intents": []}, "intents: a list of at least one is expected"),
        (LINE | {"intents": ["x"]}, "intents: 'x' is not one of"),
        (LINE | {"outage": 1}, "outage: true or false is expected"),
        (LINE | {"language": "English"}, "language: a tag such as en"),
        (LINE | {"to": {}}, "to: an object"),
        (LINE | {"to": {"mood": 1}}, "to: mood is no label"),
        (LINE | {"to": {"outage": True}}, "to: outage differs"),
        (LINE | {"who": 3}, "who: a text is expected"),
    ],
)
def test_a_fault_is_said_with_its_line(tmp_path, line, fault):
    path = written(tmp_path, LINE, line)
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:2: {fault}")


def test_every_fault_is_said_at_once(tmp_path):
    with pytest.raises(InputError) as caught:
        read(written(tmp_path, "{", LINE, "[]"))
    assert len(str(caught.value).splitlines()) == 2


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "none.jsonl")
