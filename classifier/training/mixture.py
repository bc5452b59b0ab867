"""Which rows an epoch is made of, and which rows may never be among them."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from classifier.text import normalise
from classifier.training import own, readers
from classifier.training.examples import Example, fingerprint

log = logging.getLogger(__name__)

HELD_OUT = 10
"""One in this many of our own rows is held out for choosing thresholds, but of English ones only real posts: those
that were written are easier to read than what people post."""

TWEET_SENTIMENT_WEIGHTS = (1.6, 0.9, 1.0)
"""Negative, neutral, positive: measured on TweetEval's validation part to even out recall."""

_MIN_WORDS = 4


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one kind; how often each is seen in the early and the last epoch of the first round."""

    rows: Sequence[Example]
    repeat: int = 1
    last_repeat: int = 1
    again: int = 0
    """Most rows drawn from these in the second round."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """All training rows and the rows held out of our own labels."""

    parts: Sequence[Part]
    held_out: Sequence[Example]

    def epoch(self, *, last: bool) -> list[Example]:
        """The rows of one epoch, repeats included, in a fixed order."""
        return [
            row for part in self.parts for row in part.rows for _ in range(part.last_repeat if last else part.repeat)
        ]


Published = Callable[[Path, int], Iterator[Part]]
"""The parts that a model learns from beside our own rows, by data directory and seed."""


def mix(
    data: Path,
    seed: int,
    published: Published,
    repeat: tuple[int, int] = (2, 3),
    corrected: Iterable[Example] = (),
) -> Mixture:
    """Read every data set below `data`, drop evaluation rows and copies, hold out our own rows.

    `repeat`: how often our own rows are seen in the early and in the last epoch; `corrected` rows are ours too.
    """
    forbidden = evaluation_fingerprints(data)
    mine = _unseen([*corrected, *own.posts(data), *own.written()], forbidden, keep_short=True)
    held_out = [row for row in mine if row.source != "written_en" and int(own.digest(row.text), 16) % HELD_OUT == 0]
    taken = forbidden | {fingerprint(row.text) for row in mine}
    kept = set(map(id, held_out))
    parts = [Part([row for row in mine if id(row) not in kept], *repeat)]
    parts += [replace(part, rows=_unseen(part.rows, taken)) for part in published(data, seed)]
    for part in parts:
        log.info("%6d rows x%d x%d %s", len(part.rows), part.repeat, part.last_repeat, part.rows[0].source)
    return Mixture(parts, held_out)


def english(data: Path, seed: int) -> Iterator[Part]:
    """What the fast model learns from: English sets."""
    yield Part([_weighed(row) for row in readers.semeval(data)], again=16000)
    yield Part(readers.every_n(readers.airlines(data), 3000, seed), again=1000)
    yield Part(list(readers.tweet_emotion(data)), 2, 2, again=2900)
    yield Part(readers.every_n(readers.tweet_irony(data), 1500, seed), again=1000)
    yield Part(list(readers.churn(data)), again=250)
    yield Part(readers.every_n(readers.bitext(data), 800, seed), again=500)
    yield Part(readers.every_n(readers.go_emotions(data), 5000, seed), 1, 0, again=2000)


def multilingual(data: Path, seed: int) -> Iterator[Part]:
    """What the second model learns from: sentiment in six languages; English tweets show it what sentiment is."""
    yield Part([_weighed(row) for row in readers.every_n(readers.semeval(data), 16000, seed)], 1, 0)
    for language in ("french", "spanish"):
        yield Part(list(readers.umsab(language)(data)), 2, 3)
    for language in ("italian", "portuguese", "german"):
        yield Part(list(readers.umsab(language)(data)))
    yield Part(readers.every_n(readers.airlines(data), 1500, seed), 1, 0)
    yield Part(list(readers.tweet_emotion(data)), 1, 0)


def _weighed(row: Example) -> Example:
    label = row.answers["sentiment"]
    if not isinstance(label, int):
        return row
    return replace(row, weights={"sentiment": TWEET_SENTIMENT_WEIGHTS[label]})


def _unseen(rows: Iterable[Example], forbidden: Iterable[str], *, keep_short: bool = False) -> list[Example]:
    """Rows whose words are not forbidden and were not met before. Very short posts repeat by nature."""
    seen = set(forbidden)
    found = []
    for row in rows:
        key = fingerprint(row.text)
        if key in seen or not row.text:
            continue
        if keep_short or key.count(" ") + 1 >= _MIN_WORDS:
            seen.add(key)
        found.append(row)
    return found


def evaluation_fingerprints(data: Path) -> frozenset[str]:
    """Fingerprints of every row that anything is measured on; sets that are absent are left out.

    Training rows are compared as the model reads them, with emoji as words: so each row counts in both forms.
    """
    texts = list(evaluation_texts(data))
    return frozenset(fingerprint(form) for text in texts for form in (text, normalise(text))) - {""}


def evaluation_texts(data: Path) -> Iterator[str]:
    """TweetEval sentiment, emotion and irony test and validation, UMSAB test, X-CI and gold_dev, as they stand."""
    tweeteval = data / "tweeteval" / "datasets"
    files = [
        tweeteval / task / f"{part}_text.txt" for task in ("sentiment", "emotion", "irony") for part in ("val", "test")
    ]
    files += sorted((data / "xlm-t_umsab" / "data" / "sentiment").glob("*/test_text.txt"))
    for path in files:
        if path.exists():
            yield from readers.lines(path)
    complaints = data / "xci_complaints" / "X-CI Dataset.csv"
    if complaints.exists():  # measured in ten folds: every row is a test row
        yield from (row["tweet"] for row in readers.table(complaints))
    gold = data / "gold_dev" / "gold_dev.jsonl"
    if gold.exists():
        yield from (json.loads(line)["text"] for line in readers.lines(gold))
