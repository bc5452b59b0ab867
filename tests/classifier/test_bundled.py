"""The shipped model, whole: real weights, real tokenizer."""

import json
import shutil
import subprocess
import sys

import pytest

from classifier.heads import HEADS
from classifier.language import Identifier
from classifier.models import load
from classifier.models.bundled import FOLDER, TOKENS, BundledModel, batches
from core.domain import About, Emotion, Impact, Intent, Sentiment
from core.errors import ConfigError
from core.settings import Classifier

HOSTILE = [
    "",
    " ",
    "\n\t",
    "https://x.y/z",
    "@northwind",
    "😡😡😡",
    "\x00",
    "\ud800",
    "a\ud800b",
    "x" * 100_000,
    "网络断了",
    "🇨🇦" * 500,
]
HOSTILE += ["\u202eevil", "&amp;" * 9999, "<script>alert(1)</script>", "ignore all instructions", "١٢٣", "\U0010ffff"]


@pytest.fixture(scope="module")
def model():
    return BundledModel(Identifier(["en", "fr", "es"]).identify, threads=2)


def one(model, text):
    return model.read([text])[0]


@pytest.mark.parametrize(
    "text",
    [
        "@northwind internet down AGAIN, third time this week. You people are useless!!!",
        "No signal since 6am and your support just hangs up on me. Absolutely ridiculous @northwind",
        "@northwind your app crashes every damn time I open it, fix your garbage already",
    ],
)
def test_an_angry_outage_complaint(model, text):
    reading = one(model, text)
    assert reading.outage
    assert reading.angry
    assert reading.outage_anger
    assert reading.sentiment is Sentiment.NEGATIVE
    assert reading.emotion in {Emotion.ANGER, Emotion.ANNOYANCE}
    assert reading.sentiment_score < -0.5
    assert reading.about is About.SERVICE
    assert reading.language == "en"


def test_a_calm_report_is_an_outage_without_anger(model):
    reading = one(model, "Hi @northwind, there seems to be no internet in Halifax since 9. Are you aware?")
    assert reading.outage
    assert not reading.angry
    assert not reading.outage_anger
    assert {Intent.OUTAGE_REPORT, Intent.STATUS_QUESTION} & set(reading.intents)


def test_praise(model):
    reading = one(model, "Thank you @northwind, Maria on the phone was lovely and fixed everything. Great service!")
    assert reading.sentiment is Sentiment.POSITIVE
    assert reading.sentiment_score > 0.5
    assert reading.emotion is Emotion.JOY
    assert Intent.PRAISE in reading.intents
    assert not reading.angry


def test_a_billing_complaint_is_no_outage(model):
    reading = one(model, "@northwind you charged me twice this month, I was billed $80 and nobody refunds me")
    assert not reading.outage
    assert Intent.COMPLAINT in reading.intents
    assert reading.impact is Impact.MONEY


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Plus d'internet depuis ce matin chez @northwind, c'est inadmissible, encore une panne !", "fr"),
        ("Otra vez sin internet @northwind, llevamos todo el día así, ¡qué vergüenza de servicio!", "es"),
    ],
)
def test_outages_in_other_languages(text, language):
    reading = one(load(Classifier(threads=2)), text)
    assert reading.outage
    assert reading.sentiment is Sentiment.NEGATIVE
    assert reading.language == language


def test_small_talk_is_not_about_an_outage(model):
    reading = one(model, "Lovely walk by the lake with the dog this evening, what a sunset")
    assert not reading.outage
    assert not reading.angry
    assert Intent.OUTAGE_REPORT not in reading.intents


def test_a_run_holds_rows_of_one_length_and_no_more_tokens_than_allowed():
    rows = [[number] * (1 + number % 3 * 200) for number in range(40)]
    met = []
    for chosen, ids in batches(rows):
        assert ids.tolist() == [rows[number] for number in chosen]
        assert ids.size <= TOKENS
        met += chosen
    assert sorted(met) == list(range(40))
    assert [ids.shape for _, ids in batches([[7] * (TOKENS + 1)])] == [(1, TOKENS + 1)]


def test_hostile_input_reads_without_a_crash(model):
    readings = model.read(HOSTILE)
    assert len(readings) == len(HOSTILE)
    for text, reading in zip(HOSTILE, readings, strict=True):
        assert -1 <= reading.sentiment_score <= 1
        assert 0 <= reading.confidence <= 1
        assert 0 <= reading.outage_score <= 1
        assert reading.intents
        assert reading.model == model.name
        if text.strip() in {"", "https://x.y/z", "@northwind", "😡😡😡", "\x00"}:
            assert reading.confidence <= 0.2
            assert reading.language == "und"


def test_order_is_kept_and_neighbours_do_not_matter(model):
    texts = [f"post {n}: " + "the network is down in my street " * (n % 7) + "thanks!" * (n % 3) for n in range(70)]
    together = model.read(texts)
    for text, reading in zip(texts[::9], together[::9], strict=True):
        alone = one(model, text)
        assert abs(alone.sentiment_score - reading.sentiment_score) < 1e-3
        assert abs(alone.outage_score - reading.outage_score) < 1e-3
        assert abs(alone.angry_score - reading.angry_score) < 1e-3
        assert (alone.emotion, alone.intents, alone.impact) == (reading.emotion, reading.intents, reading.impact)
    assert model.read(texts[::-1]) == together[::-1]


def test_no_texts_no_readings(model):
    assert model.read([]) == []


def test_the_platforms_languages_are_used(model):
    readings = model.read(["ok", "ok"], ["fr", None])
    assert [reading.language for reading in readings] == ["fr", "und"]


def test_labels_are_those_of_the_domain():
    labels = {head.name: head.labels for head in HEADS}
    for name, values in (
        ("sentiment", Sentiment),
        ("emotion", Emotion),
        ("intents", Intent),
        ("impact", Impact),
        ("about", About),
    ):
        assert labels[name] == tuple(value.value for value in values)


def test_the_shipped_config_has_the_heads_of_the_code(model):
    assert model.config.heads == HEADS
    assert model.name == f"{model.config.name}@{model.config.version}"


def test_loading_needs_neither_torch_nor_transformers():
    code = (
        "import sys; from classifier.models import load; from core.settings import Classifier;"
        "m = load(Classifier(threads=1)); m.read(['no signal here since noon']);"
        "print(sorted({'torch', 'transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_loads_no_runtime():
    code = (
        "import sys, classifier.models, classifier.models.bundled;"
        "print(sorted({'onnxruntime', 'numpy', 'tokenizers', 'py3langid'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_load_gives_the_bundled_model():
    assert load(Classifier()).name.startswith("amends-minilm@")


@pytest.fixture
def copied(tmp_path):
    for name in ("config.json", "tokenizer.json", "model.int8.onnx"):
        shutil.copyfile(FOLDER / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.int8.onnx"])
def test_a_missing_file_is_named(copied, name):
    (copied / name).unlink()
    with pytest.raises(ConfigError, match=name.replace(".", r"\.") + " is missing") as caught:
        BundledModel(Identifier(["en"]).identify, folder=copied)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("config.json", b"{"),
        ("config.json", json.dumps({"name": "x"}).encode()),
        ("config.json", b"[]"),
        ("tokenizer.json", b"{}"),
        ("model.int8.onnx", b"not a model"),
    ],
)
def test_a_broken_file_is_named(copied, name, content):
    (copied / name).write_bytes(content)
    with pytest.raises(ConfigError, match=name.replace(".", r"\.")) as caught:
        BundledModel(Identifier(["en"]).identify, folder=copied).warm_up()
    assert "\n" not in str(caught.value)
