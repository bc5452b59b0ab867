"""The accuracy table from a tiny data directory made here."""

import csv
import json

import pytest

from classifier import gold
from classifier.evaluate import evaluate, table
from classifier.language import Identifier
from classifier.models import load
from classifier.models.bundled import BundledModel
from core.errors import ConfigError, InputError
from core.settings import Classifier


@pytest.fixture(scope="module")
def model():
    return BundledModel(Identifier(["en"]).identify, threads=2)


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "tweeteval" / "datasets" / "sentiment"
    folder.mkdir(parents=True)
    (folder / "test_text.txt").write_text(
        "this is awful, I hate it\nThe concert is on Friday at 8pm at the city hall\nI love this so much, thank you\n"
    )
    (folder / "test_labels.txt").write_text("0\n1\n2\n")
    (tmp_path / "gold_dev").mkdir()
    rows = [
        labelled(
            "my internet is down again, you useless clowns!!!",
            "negative",
            "anger",
            ["outage_report", "complaint"],
            True,
        ),
        labelled("thank you so much for the great help", "positive", "joy", ["praise"], False),
    ]
    (tmp_path / "gold_dev" / "gold_dev.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def labelled(text, sentiment, emotion, intents, bad):
    plain = {"id": "g", "text": text, "sentiment": sentiment, "emotion": emotion, "intents": intents}
    return plain | {"outage": bad, "angry": bad, "impact": "none", "about": "service"}


def test_the_table(model, data):
    rows = {(row.task, row.data, row.measure): row for row in evaluate(model, data)}
    tweets = rows["sentiment", "TweetEval test", "macro recall"]
    assert tweets.value == 100
    assert tweets.rows == 3
    assert "RoBERTa-base 71.3" in tweets.anchors
    for task in ("outage", "angry", "outage anger"):
        assert rows[task, "gold_dev", "F1"].value == 100
    assert rows["intents", "gold_dev", "macro F1"].value < 100  # eight of the ten never occur here
    text = table(list(rows.values()))
    assert len(text.splitlines()) == len(rows) + 1
    assert "BERTweet 73.4" in text


def test_a_wrong_answer_lowers_the_figure(model, data):
    (data / "tweeteval" / "datasets" / "sentiment" / "test_labels.txt").write_text("0\n1\n0\n")
    tweets = next(row for row in evaluate(model, data) if row.data == "TweetEval test")
    assert tweets.value == pytest.approx(75)


def test_no_data_is_said(model, tmp_path):
    with pytest.raises(ConfigError, match="holds none of"):
        evaluate(model, tmp_path)


def test_a_broken_line_is_named(model, data):
    with (data / "gold_dev" / "gold_dev.jsonl").open("a") as file:
        file.write("{\n")
    with pytest.raises(InputError, match=r"gold_dev\.jsonl:3"):
        evaluate(model, data)


def test_labels_and_texts_of_different_length(model, data):
    (data / "tweeteval" / "datasets" / "sentiment" / "test_labels.txt").write_text("0\n1\n")
    with pytest.raises(InputError, match="3 texts but 2 labels"):
        evaluate(model, data)


@pytest.fixture
def sample(data_dir, tmp_path):
    """The data sets as they are, the two large ones thinned: every fourth tweet, every third complaint."""
    for name in ("gold_dev", "xlm-t_umsab"):
        (tmp_path / name).symlink_to(data_dir / name)
    tasks = tmp_path / "tweeteval" / "datasets"
    (tasks / "sentiment").mkdir(parents=True)
    (tasks / "emotion").symlink_to(data_dir / "tweeteval" / "datasets" / "emotion")
    for name in ("test_text.txt", "test_labels.txt"):
        lines = (data_dir / "tweeteval" / "datasets" / "sentiment" / name).read_text("utf-8").rstrip("\n").split("\n")
        (tasks / "sentiment" / name).write_text("\n".join(lines[::4]) + "\n", "utf-8")
    found = gold.complaints(data_dir)
    (tmp_path / "xci_complaints").mkdir()
    with (tmp_path / "xci_complaints" / "X-CI Dataset.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("tweet", "label"), *list(zip(found.texts, found.labels, strict=True))[::3]])
    return tmp_path


def test_the_shipped_models_keep_their_figures(sample):
    """Floors a little under what the shipped files reach on these rows: a worse file may not slip in."""
    model = load(Classifier(threads=2))
    rows = {(row.task, row.data, row.measure): row for row in evaluate(model, sample)}
    tweets = rows["sentiment", "TweetEval test", "macro recall"]
    complaints = rows["complaint", "X-CI, 10 folds", "macro F1"]
    assert (tweets.rows, complaints.rows) == (3071, 1126)
    assert tweets.value >= 69.2
    assert complaints.value >= 86.2
    assert rows["emotion", "TweetEval test", "macro F1"].value >= 77.5
    assert rows["sentiment", "UMSAB french test", "macro recall"].value >= 68
    assert rows["sentiment", "UMSAB spanish test", "macro recall"].value >= 63
    assert rows["outage", "gold_dev", "F1"].value >= 85
    assert rows["angry", "gold_dev", "F1"].value >= 84
    assert rows["outage anger", "gold_dev", "F1"].value >= 76
    assert rows["intents", "gold_dev", "macro F1"].value >= 74
