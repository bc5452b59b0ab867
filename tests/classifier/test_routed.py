"""Each post by the model of its language."""

import pytest

from classifier.language import Identifier
from classifier.models import load
from core.settings import Classifier

FRENCH = "Mon internet est en panne depuis ce matin, c'est inadmissible"
SPANISH = "Llevo todo el día sin internet y nadie contesta, una vergüenza"
ENGLISH = "my internet has been down since this morning and nobody answers"


@pytest.fixture(scope="module")
def model():
    return load(Classifier(threads=2))


def test_languages_are_read_by_different_models_in_the_order_of_the_posts(model):
    readings = model.read([FRENCH, ENGLISH, SPANISH, "", FRENCH])
    assert [reading.language for reading in readings] == ["fr", "en", "es", "und", "fr"]
    assert [reading.model.split("@")[0] for reading in readings] == [
        "amends-e5", "amends-minilm", "amends-e5", "amends-minilm", "amends-e5",
    ]  # fmt: skip
    assert all(reading.outage for reading in readings if reading.language != "und")
    assert readings[0] == readings[4]


def test_the_platforms_language_decides(model):
    (reading,) = model.read([ENGLISH], ["fr"])
    assert reading.language == "fr"
    assert reading.model.startswith("amends-e5@")


def test_the_second_model_waits_until_it_is_needed():
    model = load(Classifier(threads=1))
    model.warm_up()
    model.read([ENGLISH])
    assert model._other._engine is None
    model.read([FRENCH])
    assert model._other._engine is not None


def test_probabilities_are_those_of_the_readings(model):
    texts = [FRENCH, ENGLISH]
    chances = model.probabilities(texts)
    for place, reading in enumerate(model.read(texts)):
        assert chances["outage"][place, 0] == pytest.approx(reading.outage_score, abs=1e-4)
    assert model.features(texts).shape == (2, 768)


def test_languages_of_a_brand_are_told_apart():
    identify = Identifier(["en", "fr", "es"]).identify
    assert [identify(text) for text in (ENGLISH, FRENCH, SPANISH)] == ["en", "fr", "es"]
