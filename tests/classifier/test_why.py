"""Which words moved a reading: found by leaving them out."""

import pytest

from classifier.language import Identifier
from classifier.models.bundled import BundledModel
from classifier.why import MOST, TOLD, explain


class Counting(BundledModel):
    """The shipped model, counting what it is asked."""

    asked = 0

    def probabilities(self, texts):
        self.asked += len(texts)
        return super().probabilities(texts)


@pytest.fixture(scope="module")
def model():
    return Counting(Identifier(["en"]).identify, threads=2)


def words(text, found):
    """Decision → the words told."""
    told = {}
    for each in found:
        told.setdefault(each.decision, []).extend(text[start:end].lower() for start, end in each.spans)
    return told


def test_the_words_of_an_outage_and_of_danger(model):
    text = "@northwind my mother's glucose monitor needs the data line and it has been dead since noon, please hurry"
    told = words(text, explain(model, text))
    assert {"dead", "dead since", "line", "data", "data line"} & set(told["outage"])
    assert any("glucose" in word or "mother" in word for word in told["impact"])


def test_a_quiet_post_has_nothing_to_explain(model):
    assert not [each for each in explain(model, "The shop opens at nine") if each.decision in {"outage", "angry"}]


def test_handles_and_links_are_never_told(model):
    text = "@northwind https://t.co/internet-down-again no internet since noon @northwind_help"
    for each in explain(model, text):
        for start, end in each.spans:
            assert "@" not in text[start:end]
            assert "//" not in text[start:end]


@pytest.mark.parametrize(
    "text",
    ["", " ", "😡", "@a http://b.c", "x" * 100_000, "no " * 40_000, "网络断了" * 50, "\x00\ud800 down", "\n\t"],
)
def test_any_text_is_answered_with_a_bounded_number_of_readings(model, text):
    model.asked = 0
    for each in explain(model, text):
        assert 1 <= len(each.spans) <= TOLD
        assert all(0 <= start < end <= len(text) for start, end in each.spans)
    assert model.asked <= MOST + 3


def test_a_long_post_is_searched_in_two_steps(model):
    calm = "I have been a customer for ten years and my neighbour recommends you to everybody. "
    text = calm * 3 + "My internet has been down since this morning and nobody answers. " + calm * 2
    told = words(text, explain(model, text))
    assert any("down" in word or "internet" in word for word in told["outage"])


def test_several_models_behind_one_face_are_asked_for_the_one_of_the_language(model):
    class Both:
        def read(self, texts, languages):
            return model.read(texts, languages)

        def reader(self, language):
            assert language == "en"
            return model

    text = "no internet since noon, useless"
    assert explain(Both(), text, "en") == explain(model, text, "en")
