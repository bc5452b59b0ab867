"""Posts about a brand that is called like an everyday thing, told from those about the thing."""

import csv

import pytest

from classifier.gold import tweeteval
from classifier.models import load
from classifier.relevance import LEAST, Brand, relevance
from core.settings import Classifier


@pytest.fixture(scope="module")
def model():
    return load(Classifier(threads=2), ["en"])


def score(model, brand, text, *, addressed=False):
    return relevance(brand, text, model.read([text])[0], addressed=addressed)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Three", "No signal on Three in Leeds since this morning"),
        ("Three", "Anyone else's Three network down? Can't make calls"),
        ("Three", "three have no data again in Hull, third time this month"),
        ("Orange", "Orange, votre réseau est en panne depuis ce matin !"),
        ("Orange", "Thinking of leaving Orange, my bill went up twice"),
        ("Boost", "Boost customer service hung up on me, still no data on my phone"),
        ("Cricket", "Is Cricket down? No service in Dallas, my phone says SOS"),
        ("Spectrum", "Spectrum internet is out in 75025 again"),
    ],
)
def test_a_customer_of_the_brand(model, name, text):
    assert score(model, Brand(name), text) >= LEAST


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Three", "three kids in the park and one ball, what could go wrong"),
        ("Three", "See you at three o'clock by the station"),
        ("Orange", "Squeezed some orange juice and watched the sunset"),
        ("Boost", "This song is such a boost for my confidence before the exam"),
        ("Cricket", "What a cricket match, India won by three wickets"),
        ("Spectrum", "My son is on the autism spectrum and loves trains"),
    ],
)
def test_the_everyday_word(model, name, text):
    assert score(model, Brand(name), text) < LEAST


def test_who_addresses_us_is_about_us(model):
    brand = Brand("Three", handles=("@ThreeUK",))
    assert score(model, brand, "@ThreeUK three kids and no cartoons") == 1
    assert score(model, brand, "three kids and no cartoons", addressed=True) == 1


def test_without_a_name_of_ours_nothing_tells(model):
    assert score(model, Brand("Three"), "no signal in Hull since noon") is None
    assert score(model, Brand("Three"), "threesome, threefold") is None


def test_a_name_that_is_no_everyday_word_is_enough(model):
    assert score(model, Brand("Northwind Mobile"), "northwind mobile at the parade") > 0.9
    assert score(model, Brand("Northwind Mobile", aliases=("NWM",)), "NWM at the parade") > 0.9


def test_the_configuration_adds_words(model):
    text = "The kestrel was back on the church tower"
    assert score(model, Brand("Kestrel"), text) >= LEAST
    assert score(model, Brand("Kestrel", homonyms=("church", "bird")), text) < LEAST
    meant = Brand("Kestrel", homonyms=("church", "bird"), context=("standing charge",))
    assert score(model, meant, "Kestrel raised the standing charge") >= LEAST


def test_a_handle_without_its_mark_is_a_name_whatever_it_begins_with():
    brand = Brand("Ride", handles=("@ubersupport", "u/uberhelp"))
    assert brand.names.search("thanks #ubersupport")
    assert brand.names.search("ask uberhelp")
    assert not brand.names.search("bersupport")


@pytest.mark.parametrize("text", ["", "\x00", "three " * 30_000, "Three" * 20_000, "\ud800 three", "#three"])
def test_any_text_is_answered(model, text):
    found = score(model, Brand("Three", aliases=("3(",), homonyms=("*",)), text)
    assert found is None or 0 <= found <= 1


@pytest.mark.parametrize(("name", "most"), [("Three", 0.1), ("Orange", 0.25), ("Boost", 0.15), ("Cricket", 0.25)])
def test_real_posts_with_the_everyday_word(model, data_dir, name, most):
    """TweetEval's posts were gathered by no brand: those with the word mean the word."""
    parts = [tweeteval(data_dir, "sentiment", part) for part in ("train", "val", "test")]
    brand = Brand(name)
    texts = [text for part in parts if part for text in part.texts if brand.names.search(text)]
    scores = [
        relevance(brand, text, reading, addressed=False) for text, reading in zip(texts, model.read(texts), strict=True)
    ]
    assert len(texts) >= 3
    assert sum(each is not None and each >= LEAST for each in scores) <= max(2, most * len(texts))


def test_real_posts_of_customers(model, data_dir):
    """Posts that a search for an internet provider found: Spectrum is a brand in nearly all (every third is read)."""
    path = data_dir / "nigerian_isp" / "data" / "analogous-data" / "analogous_tweets_nov_27.csv"
    with path.open(encoding="utf-8", newline="") as file:
        texts = [row["Text"] for row in csv.DictReader(file)]
    for name, least in (("Spectrum", 0.85), ("Cox", 0.95)):
        brand = Brand(name)
        said = [text for text in texts if brand.names.search(text)][::3]
        scores = [
            relevance(brand, text, each, addressed=False) for text, each in zip(said, model.read(said), strict=True)
        ]
        assert len(said) > 70
        assert sum(each is not None and each >= LEAST for each in scores) >= least * len(said)
