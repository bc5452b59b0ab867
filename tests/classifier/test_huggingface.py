"""Any model directory: a tiny one, made here with random weights."""

import pytest

from classifier.language import Identifier
from classifier.models import load
from classifier.models.bundled import BundledModel
from classifier.models.huggingface import HuggingFaceModel, our_labels
from core.domain import Emotion, Sentiment
from core.errors import ConfigError
from core.settings import Classifier
from tests.classifier.tiny import save_tokenizer

TEXTS = ["the internet is down", "thank you so much, great help", "", "x" * 100_000, "\ud800 😡"]


@pytest.fixture(scope="module")
def bundled():
    return BundledModel(Identifier(["en"]).identify, threads=2)


def make(folder, labels, favourite):
    """A one-layer BERT over thirty words whose last layer always prefers one label."""
    pytest.importorskip("torch", reason="the extra [torch] is not installed")
    transformers = pytest.importorskip("transformers", reason="the extra [torch] is not installed")
    import torch

    torch.manual_seed(1)
    folder.mkdir(exist_ok=True)
    size = save_tokenizer(folder, ["the", "internet", "is", "down", "thank", "you", "so", "much", "great", "help"])
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), pad_token="[PAD]", unk_token="[UNK]"
    )
    fast.save_pretrained(folder)
    config = transformers.BertConfig(
        vocab_size=size, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        id2label=dict(enumerate(labels)), label2id={label: n for n, label in enumerate(labels)},
    )  # fmt: skip
    network = transformers.BertForSequenceClassification(config)
    with torch.no_grad():
        network.classifier.weight.zero_()
        network.classifier.bias.copy_(torch.tensor([3.0 if n == favourite else 0.0 for n in range(len(labels))]))
    network.save_pretrained(folder)
    return str(folder)


def test_a_local_model_supplies_sentiment_and_the_bundled_one_the_rest(tmp_path, bundled):
    source = make(tmp_path, ["LABEL_0", "LABEL_1", "LABEL_2"], favourite=2)
    names = {"LABEL_0": "negative", "LABEL_1": "neutral", "LABEL_2": "positive"}
    model = HuggingFaceModel(bundled, source, label_map=names)
    readings = model.read(TEXTS)
    assert model.problem is None
    assert [reading.sentiment for reading in readings] == [Sentiment.POSITIVE] * len(TEXTS)
    assert all(reading.sentiment_score > 0.7 for reading in readings)
    assert all(reading.model == f"{source}@main" for reading in readings)
    assert [r.outage for r in readings] == [r.outage for r in bundled.read(TEXTS)]
    assert readings[0].outage


def test_a_model_that_was_out_of_reach_takes_over_when_it_is_there(tmp_path, bundled):
    make(tmp_path / "away", ["NEGATIVE", "POSITIVE"], favourite=0)
    model = HuggingFaceModel(bundled, str(tmp_path / "here"))
    assert model.read(TEXTS[:1])[0].model == bundled.name
    assert not model.ask_again()
    assert "the bundled model reads meanwhile" in (model.problem or "")
    (tmp_path / "away").rename(tmp_path / "here")
    assert model.read(TEXTS[:1])[0].model == bundled.name  # nobody has asked
    assert model.ask_again()
    assert (model.problem, model.names) == (None, {model.name})
    assert model.read(TEXTS[:1])[0].model == model.name


def test_what_no_network_can_mend_is_not_tried_again(tmp_path, bundled):
    source = make(tmp_path, ["LABEL_0", "LABEL_1"], favourite=0)
    model = HuggingFaceModel(bundled, source)
    model.warm_up()
    before = model.problem
    (tmp_path / "config.json").unlink()  # would be another problem
    assert not model.ask_again()
    assert model.problem == before


def test_two_labels_are_enough(tmp_path, bundled):
    model = HuggingFaceModel(bundled, make(tmp_path, ["NEGATIVE", "POSITIVE"], favourite=0))
    assert model.read(TEXTS[:1])[0].sentiment is Sentiment.NEGATIVE


def test_emotion_labels_supply_emotion(tmp_path, bundled):
    reading = HuggingFaceModel(bundled, make(tmp_path, ["anger", "joy", "sadness"], favourite=1)).read(TEXTS[:1])[0]
    assert reading.emotion is Emotion.JOY
    assert reading.sentiment is bundled.read(TEXTS[:1])[0].sentiment


def test_labels_that_are_not_ours_need_a_map(tmp_path, bundled):
    model = HuggingFaceModel(bundled, make(tmp_path, ["LABEL_0", "LABEL_1"], favourite=0))
    model.warm_up()
    assert "classifier.label_map" in (model.problem or "")
    assert model.read(TEXTS)[0].model == bundled.name


@pytest.mark.parametrize("names", [["a", "b"], ["negative"], ["positive", "positive"], ["negative", "joy"]])
def test_unfit_labels(names):
    with pytest.raises(ConfigError, match="give each a different one"):
        our_labels("some/model", names, {})


def test_a_model_that_cannot_be_had_leaves_the_bundled_one_reading(bundled):
    settings = Classifier(model="nobody/no-such-model", threads=2)
    model = load(settings, ["en"])
    readings = model.read(TEXTS)
    assert readings[0].outage
    assert readings[0].model == bundled.name
    assert isinstance(model, HuggingFaceModel)
    assert model.problem
    assert "nobody/no-such-model" in model.problem
    assert "\n" not in model.problem
