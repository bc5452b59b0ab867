"""An answer that must not be missed: the lower bar of impact = safety, from its choosing to the reading."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from classifier.heads import HEADS, IMPACTS
from classifier.models import load
from classifier.models.bundled import FOLDER
from classifier.models.config import ModelConfig, load_config, save_config
from classifier.models.decode import chosen
from classifier.training.calibrate import LEAST_PRECISION, alarm
from core.domain import Impact
from core.errors import ConfigError
from core.settings import Classifier

SAFETY, NONE = IMPACTS.index("safety"), IMPACTS.index("none")


@pytest.fixture(scope="module")
def model():
    return load(Classifier(threads=2))


def impacts(safety: float) -> np.ndarray:
    """One row: safety as likely as said, all the rest none."""
    row = np.zeros((1, len(IMPACTS)), np.float32)
    row[0, SAFETY], row[0, NONE] = safety, 1 - safety
    return row


@pytest.mark.parametrize(("safety", "label"), [(0.19, NONE), (0.2, SAFETY), (0.49, SAFETY), (0.9, SAFETY)])
def test_an_alarm_wins_over_a_likelier_label(safety, label):
    config = ModelConfig("m", "1", 128, HEADS, alarms={"impact": {"safety": 0.2}})
    assert chosen({"impact": impacts(safety)}, config, "impact") == [label]


def test_without_an_alarm_the_likeliest_label_is_chosen():
    config = ModelConfig("m", "1", 128, HEADS)
    assert chosen({"impact": impacts(0.49)}, config, "impact") == [NONE]


def test_the_bar_finds_more_than_the_likeliest_label_would_and_stays_precise():
    generator = np.random.default_rng(3)
    right = (generator.random(2000) < 0.05).astype(float)
    chances = np.clip(generator.normal(np.where(right > 0, 0.4, 0.05), 0.12), 0, 1)
    bar = alarm(chances, right)
    assert bar is not None
    said = chances >= bar
    assert right[said].mean() >= LEAST_PRECISION
    assert said[right > 0].mean() > (chances >= 0.5)[right > 0].mean() + 0.3


def test_no_bar_where_every_alarm_would_be_mostly_false():
    chances = np.full(100, 0.3)
    right = np.zeros(100)
    right[:10] = 1
    assert alarm(chances, right) is None


def test_alarms_are_kept_in_the_config(tmp_path):
    for name in ("tokenizer.json", "model.int8.onnx"):
        (tmp_path / name).touch()
    save_config(ModelConfig("m", "1", 128, HEADS, alarms={"impact": {"safety": 0.2}}), tmp_path / "config.json")
    assert load_config(tmp_path).alarms == {"impact": {"safety": 0.2}}


def test_an_alarm_for_a_label_that_does_not_exist_is_named(tmp_path):
    for name in ("config.json", "tokenizer.json", "model.int8.onnx"):
        shutil.copyfile(FOLDER / name, tmp_path / name)
    plain = json.loads((tmp_path / "config.json").read_text())
    next(head for head in plain["heads"] if head["name"] == "impact")["alarms"] = {"danger": 0.2}
    (tmp_path / "config.json").write_text(json.dumps(plain))
    with pytest.raises(ConfigError, match="danger"):
        load_config(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "@northwind is 911 working?? my dad has chest pains and i can't get a line",
        "@northwind no power since noon and my mother is on an oxygen machine, please hurry",
        "couldn't call an ambulance for my son because your network is down @northwind",
    ],
)
def test_somebody_in_danger_is_seen(model, text):
    assert model.read([text])[0].impact is Impact.SAFETY


@pytest.mark.parametrize(
    ("text", "impact"),
    [
        ("our card reader is dead and i have 40 people in line for lunch @northwind", Impact.BUSINESS),
        ("@northwind internet down AGAIN in my shop, can't take any payments", Impact.BUSINESS),
        ("@northwind the app is slow today, what is going on", Impact.NONE),
    ],
)
def test_harm_without_danger_is_no_alarm(model, text, impact):
    assert model.read([text])[0].impact is impact


def test_plain_danger_is_mostly_found_and_seldom_cried():
    """Posts written after the last training, in three languages; the model card names the same figures."""
    rows = [line.split("\t") for line in (Path(__file__).parent / "danger.tsv").read_text("utf-8").splitlines()]
    model = load(Classifier(threads=2))
    said = [reading.impact is Impact.SAFETY for reading in model.read([text for _, text in rows])]
    danger = [kind == "danger" for kind, _ in rows]
    found = sum(a and b for a, b in zip(danger, said, strict=True))
    assert found / sum(danger) >= 0.7
    assert found / sum(said) >= 0.5
