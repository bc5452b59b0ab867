"""Advertisements and bots are told from customers; a customer in need is never flagged."""

import csv

import pytest

from classifier.gold import gold_dev
from classifier.language import Identifier
from classifier.models.bundled import BundledModel
from classifier.spam import FLAG, Crowd, spam_score


@pytest.fixture(scope="module")
def model():
    return BundledModel(Identifier(["en", "fr", "es"]).identify, threads=2)


def score(model, text, **more):
    return spam_score(text, model.read([text])[0], **more)


@pytest.mark.parametrize(
    "text",
    [
        "GIVEAWAY! Follow and RT to win a free iPhone, click the link https://win.example #win #free #giveaway #promo",
        "Best deals on fibre this Black Friday, sign up today for only $39/mo https://deals.example",
        "Crypto airdrop live now, DM for details, 100% legit https://coin.example #btc #eth #nft #crypto",
        "We are hiring! Retail sales associate, apply now https://jobs.example #jobs #hiring",
        "Sorteo: gana dinero desde casa, oferta limitada https://x.example #sorteo #oferta #gratis #dinero",
    ],
)
def test_an_advertisement(model, text):
    assert score(model, text) >= FLAG


@pytest.mark.parametrize(
    "text",
    [
        "@northwind my internet is down again, I want a discount for this https://pic.example/1",
        "@northwind no data since 9 #outage #down #northwind #fail #angry #help",
        "Plus de réseau depuis ce matin, votre offre à 39 € ne vaut rien",
        "@northwind you charged me $80 twice, I want my money back",
        "Our card terminals are dead, call us: +1 416 555 0134, we lose sales every minute @northwind",
        "my mother's oxygen alarm needs your network, click the link and hurry https://maps.example/1 whatsapp me",
    ],
)
def test_a_customer_in_need_is_never_flagged(model, text):
    assert score(model, text, author="user12345678", followers=0) < FLAG


def test_the_same_words_under_other_names(model):
    text = "New article about how people choose a broadband router for their small home office today https://a.example"
    crowd = Crowd([(f"poster{number}", text + f" {number}") for number in range(4)])
    assert crowd.copies("another", text) == 4
    assert crowd.copies("poster1", text) == 3
    assert crowd.copies("another", "is it down?") == 0
    assert score(model, text, copies=4) > score(model, text)
    assert score(model, text, copies=4) >= FLAG


def test_customers_who_say_the_same_stay_customers(model):
    text = "the internet in our whole street has been down since nine this morning, what is going on @northwind"
    assert score(model, text, copies=9) < FLAG


@pytest.mark.parametrize(
    "text", ["", "\x00", "#a " * 40_000, "https://x " * 10_000, "\ud800", "win " * 30_000, "1" * 100_000]
)
def test_any_text_is_answered(model, text):
    assert 0 <= score(model, text) <= 1
    crowd = Crowd([("a", text)])
    assert crowd.copies("b", text) in {0, 1}


def test_real_customers_are_not_flagged(model, data_dir):
    rows = gold_dev(data_dir)
    readings = model.read([row["text"] for row in rows])
    flagged = [row for row, reading in zip(rows, readings, strict=True) if spam_score(row["text"], reading) >= FLAG]
    customers = [row for row in flagged if row["intents"] != ["other"]]
    assert len(customers) <= 0.005 * len(rows)
    assert not [row for row in flagged if row["outage"] and row["angry"]]


def test_real_advertisements_are_found(model, data_dir):
    """A search for internet providers brings shops and vacancies: some are flagged, few of the rest."""
    path = data_dir / "nigerian_isp" / "data" / "analogous-data" / "analogous_tweets_nov_27.csv"
    with path.open(encoding="utf-8", newline="") as file:
        texts = [row["Text"] for row in csv.DictReader(file)]
    crowd = Crowd((str(number), text) for number, text in enumerate(texts) if not text.startswith("RT @"))

    def scores(numbers):
        readings = model.read([texts[number] for number in numbers])
        return [
            spam_score(texts[number], reading, copies=crowd.copies(str(number), texts[number]))
            for number, reading in zip(numbers, readings, strict=True)
        ]

    jobs = scores([n for n, text in enumerate(texts) if "JOB ALERT" in text or "Signing Bonus" in text])
    assert jobs
    assert sum(each >= FLAG for each in jobs) >= 0.8 * len(jobs)
    of_all = scores(range(0, len(texts), 3))
    assert 0.02 <= sum(each >= FLAG for each in of_all) / len(of_all) <= 0.12
