"""A confidence says how many of the decisions that matter are right."""

import json

import numpy as np
import pytest

from classifier.confidence import Curve, confidences, fit
from classifier.evaluate import evaluate
from classifier.language import Identifier
from classifier.models.bundled import BundledModel
from classifier.models.config import load_config
from core.domain import Band, band_of


@pytest.fixture(scope="module")
def model():
    return BundledModel(Identifier(["en", "fr", "es"]).identify, threads=2)


def chances(model, sure):
    """Rows whose four decisions have these probabilities."""
    heads = {head.name: head.width for head in model.config.heads}
    rows = len(sure)
    found = {name: np.full((rows, width), 0.01, np.float32) for name, width in heads.items()}
    for row, chance in enumerate(sure):
        for head in ("outage", "angry"):
            found[head][row, 0] = chance
        found["sentiment"][row] = [chance, (1 - chance) / 2, (1 - chance) / 2]
        found["intents"][row, 0] = chance
    return found


def test_surer_answers_give_more_confidence(model):
    found = confidences(chances(model, [0.6, 0.8, 0.9, 0.99]), model.config)
    assert found == sorted(found)
    assert 0 < found[0] < 0.8
    assert found[-1] > 0.95


def test_one_unsure_decision_lowers_it(model):
    sure = chances(model, [0.97, 0.97])
    sure["angry"][1, 0] = 0.5
    first, second = confidences(sure, model.config)
    assert second < first - 0.05


def test_the_curve_finds_how_often_decisions_are_right(model):
    chance = np.random.default_rng(7)
    sure = chance.uniform(0.55, 0.99, 4000)
    right = chance.random((4000, 4)) < sure[:, None] ** 2
    curve = fit(chances(model, sure.tolist()), model.config, right)
    assert isinstance(curve, Curve)
    odds = np.log(sure / (1 - sure)) * curve.slope + curve.offset
    assert np.abs(1 / (1 + np.exp(-odds)) - sure**2).mean() < 0.03


@pytest.mark.parametrize(
    ("confidence", "band"), [(1.0, "high"), (0.93, "high"), (0.9299, "medium"), (0.82, "medium"), (0.8, "low")]
)
def test_bands(confidence, band):
    assert band_of(confidence) is Band(band)


@pytest.mark.parametrize("text", ["", " \n", "😡😡", "https://x.example @a", "网络断了怎么办",
                                  "الشبكة لا تعمل منذ الصباح", "Нет интернета с утра"])  # fmt: skip
def test_what_the_model_cannot_read_is_never_sure(model, text):
    (reading,) = model.read([text])
    assert reading.band is Band.LOW
    assert reading.model == model.name


def test_a_clear_post_is_sure(model):
    (reading,) = model.read(["@northwind no internet since 6am, this is absolutely useless, FIX IT you clowns!!"])
    assert reading.band is not Band.LOW


def test_a_curve_of_the_model_is_read(tmp_path):
    from classifier.models.bundled import FOLDER

    for name in ("config.json", "tokenizer.json", "model.int8.onnx"):
        (tmp_path / name).symlink_to(FOLDER / name)
    plain = json.loads((FOLDER / "config.json").read_text())
    (tmp_path / "config.json").unlink()
    (tmp_path / "config.json").write_text(json.dumps(plain | {"confidence": [1.5, -0.25]}))
    assert load_config(tmp_path).confidence == (1.5, -0.25)


def test_high_is_right_and_low_clearly_less(model, data_dir, tmp_path):
    (tmp_path / "gold_dev").symlink_to(data_dir / "gold_dev")
    rows = {row.task: row.value for row in evaluate(model, tmp_path) if row.measure == "decisions right"}
    assert rows["confidence high"] >= 94
    assert rows["confidence high"] > rows["confidence medium"] > rows["confidence low"]
    assert rows["confidence low"] < 83
