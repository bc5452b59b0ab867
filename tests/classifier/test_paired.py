"""Each post by the model of its language, doubtful ones by both."""

import json

import pytest

from classifier.language import Identifier
from classifier.models import load
from classifier.models.bundled import BundledModel
from classifier.models.decode import doubtful
from classifier.models.paired import STRONG, PairedModel
from core.errors import ConfigError
from core.settings import Classifier

FRENCH = "Mon internet est en panne depuis ce matin, c'est inadmissible"
SPANISH = "Llevo todo el día sin internet y nadie contesta, una vergüenza"
ENGLISH = "my internet has been down since this morning, nobody answers, this is a disgrace"
DOUBTFUL = "the new router is fine when it stays on"


@pytest.fixture(scope="module")
def model():
    return load(Classifier(threads=2))


def by(reading):
    return reading.model.split("@")[0]


def test_languages_are_read_by_different_models_in_the_order_of_the_posts(model):
    readings = model.read([FRENCH, ENGLISH, SPANISH, "", FRENCH])
    assert [reading.language for reading in readings] == ["fr", "en", "es", "und", "fr"]
    assert [by(readings[place]) for place in (0, 1, 2, 4)] == ["amends-e5", "amends-minilm", "amends-e5", "amends-e5"]
    assert all(reading.outage for reading in readings if reading.language != "und")
    assert readings[0] == readings[4]


def test_the_platforms_language_decides(model):
    (reading,) = model.read([ENGLISH], ["fr"])
    assert (reading.language, by(reading)) == ("fr", "amends-e5")


def test_a_doubtful_post_is_read_by_both(model):
    fast, strong = model._fast, model._strong
    assert doubtful(fast.probabilities([DOUBTFUL, ENGLISH]), fast.config).tolist() == [True, False]
    reading, sure = model.read([DOUBTFUL, ENGLISH])
    assert (by(reading), by(sure)) == ("amends-pair", "amends-minilm")
    one, other = (each.probabilities([DOUBTFUL])["sentiment"][0] for each in (fast, strong))
    assert model.probabilities([DOUBTFUL])["sentiment"][0].argmax() == (one * other).argmax()
    assert sure == fast.read([ENGLISH])[0]


def test_probabilities_are_those_of_the_readings(model):
    texts = [FRENCH, ENGLISH, DOUBTFUL]
    chances = model.probabilities(texts)
    for place, reading in enumerate(model.read(texts)):
        assert chances["outage"][place, 0] == pytest.approx(reading.outage_score, abs=1e-4)
    assert model.features(texts).shape == (3, 1536)


def test_what_a_post_is_read_as_does_not_hang_on_its_company(model):
    texts = [ENGLISH, DOUBTFUL, FRENCH, "ok", "Thanks for sorting my bill"] * 3
    together, alone = model.read(texts), [model.read([text])[0] for text in texts]
    assert [(each.model, each.sentiment) for each in together] == [(each.model, each.sentiment) for each in alone]


def test_a_broken_joint_file_is_named(tmp_path):
    identify = Identifier(["en"]).identify
    models = BundledModel(identify), BundledModel(identify, folder=STRONG)
    with pytest.raises(ConfigError, match=r"joint\.json cannot be read; reinstall Amends"):
        PairedModel(*models, identify, tmp_path / "joint.json")
    (tmp_path / "joint.json").write_text(json.dumps({"name": "x"}))
    with pytest.raises(ConfigError, match=r"joint\.json is broken"):
        PairedModel(*models, identify, tmp_path / "joint.json")


def test_languages_of_a_brand_are_told_apart():
    identify = Identifier(["en", "fr", "es"]).identify
    assert [identify(text) for text in (ENGLISH, FRENCH, SPANISH)] == ["en", "fr", "es"]
