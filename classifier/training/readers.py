"""One function a published data set: where its file stands, and what its labels mean for our heads.

Every reader takes the data directory and yields rows; none of the sets is part of this project.
"""

import csv
import io
import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from classifier.heads import EMOTIONS, SENTIMENTS, TWEET_EMOTIONS
from classifier.text import normalise
from classifier.training.examples import Example, some_intents, yes_no

Reader = Callable[[Path], Iterator[Example]]


def semeval(data: Path) -> Iterator[Example]:
    """SemEval-2017 task 4A tweets 2013-2016 (Rosenthal et al. 2017): sentiment, 47 k rows."""
    path = data / "semeval2017_4A" / "DERIVED_train_without_tweeteval_val_test.tsv"
    for row in table(path, delimiter="\t", quoted=False):
        if row["label"] in SENTIMENTS:
            yield Example(normalise(row["text"]), {"sentiment": SENTIMENTS.index(row["label"])}, "semeval")


def airlines(data: Path) -> Iterator[Example]:
    """Twitter US airline sentiment, February 2015: posts to six airlines."""
    for row in table(data / "airline_sentiment" / "Tweets.csv"):
        if float(row["airline_sentiment_confidence"]) > 0.6:  # at least two of three readers
            answers = {"sentiment": SENTIMENTS.index(row["airline_sentiment"]), "about": 0}
            yield Example(normalise(row["text"]), answers, "airlines", 0.5)


def tweet_emotion(data: Path) -> Iterator[Example]:
    """TweetEval emotion (Mohammad et al. 2018). Its anger may be our anger or our annoyance: left open."""
    ours = {"joy": "joy", "sadness": "sadness"}
    for text, label in _tweeteval(data, "emotion", "train"):
        name = TWEET_EMOTIONS[label]
        answers = {"tweet_emotion": label}
        if name in ours:
            answers["emotion"] = EMOTIONS.index(ours[name])
        yield Example(normalise(text), answers, "tweet_emotion", weights={"emotion": 0.2})


def tweet_irony(data: Path) -> Iterator[Example]:
    """TweetEval irony (Van Hee et al. 2018): helps the shared layers with sarcasm."""
    for text, label in _tweeteval(data, "irony", "train"):
        yield Example(normalise(text), {"irony": yes_no(label == 1)}, "tweet_irony", 0.5)


GO_EMOTIONS: Mapping[str, str] = {
    "anger": "anger",
    "annoyance": "annoyance",
    "disapproval": "annoyance",
    "fear": "anxiety",
    "nervousness": "anxiety",
    "sadness": "sadness",
    "disappointment": "sadness",
    "grief": "sadness",
    "remorse": "sadness",
    "confusion": "confusion",
    "surprise": "confusion",
    "joy": "joy",
    "gratitude": "joy",
    "love": "joy",
    "admiration": "joy",
    "amusement": "joy",
    "excitement": "joy",
    "relief": "joy",
    "neutral": "neutral",
}


def go_emotions(data: Path) -> Iterator[Example]:
    """GoEmotions (Demszky et al. 2020), Reddit: rows with one label that has a counterpart among ours."""
    folder = data / "goemotions" / "data" / "original"
    names = lines(folder / "labels.txt")
    for line in lines(folder / "train.tsv"):
        text, labels, _ = line.split("\t")
        ours = GO_EMOTIONS.get(names[int(labels)]) if labels.isdigit() else None
        if ours:
            yield Example(normalise(text), {"emotion": EMOTIONS.index(ours)}, f"go_{ours}", 0.3)


def umsab(language: str) -> Reader:
    """UMSAB (Barbieri et al. 2022): sentiment of tweets in one language, 1,839 rows each."""

    def read(data: Path) -> Iterator[Example]:
        folder = data / "xlm-t_umsab" / "data" / "sentiment" / language
        for text, label in _paired(folder / "train_text.txt", folder / "train_labels.txt"):
            yield Example(normalise(text), {"sentiment": label}, f"umsab_{language}")

    return read


def churn(data: Path) -> Iterator[Example]:
    """Swisscom churn intent, English chat bot lines (Abbet et al. 2018)."""
    for line in lines(data / "churn-intent-swisscom" / "EN_chatbot.csv"):
        text, _, _, label = line.split("\t")
        yield Example(normalise(text), {"intents": some_intents(churn_threat=label.strip() == "1")}, "churn", 0.5)


def bitext(data: Path) -> Iterator[Example]:
    """Bitext customer-service lines: asking for money back, complaining, or neither."""
    for row in table(data / "bitext" / "Bitext_Sample_Customer_Service_Training_Dataset.csv"):
        if not row["utterance"] or not row["intent"]:
            continue
        known = some_intents(compensation_request=row["intent"] == "get_refund", complaint=row["intent"] == "complaint")
        yield Example(normalise(row["utterance"]), {"intents": known}, f"bitext_{row['intent']}", 0.3)


def every_n(rows: Iterator[Example], limit: int, seed: int) -> list[Example]:
    """At most `limit` rows drawn at random, the same ones for the same seed."""
    found = list(rows)
    return found if len(found) <= limit else random.Random(seed).sample(found, limit)  # noqa: S311 - a sample, not a secret


def table(path: Path, delimiter: str = ",", *, quoted: bool = True) -> Iterator[dict[str, str]]:
    """Rows of a delimited file with a header. A file that is not UTF-8 is read as Windows-1252."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    yield from csv.DictReader(
        io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    )


def lines(path: Path) -> list[str]:
    """Lines of a UTF-8 file, broken at line feeds only."""
    return path.read_text("utf-8").rstrip("\n").split("\n")


def _tweeteval(data: Path, task: str, part: str) -> Iterator[tuple[str, int]]:
    folder = data / "tweeteval" / "datasets" / task
    return _paired(folder / f"{part}_text.txt", folder / f"{part}_labels.txt")


def _paired(texts: Path, labels: Path) -> Iterator[tuple[str, int]]:
    for text, label in zip(lines(texts), lines(labels), strict=True):
        yield text, int(label)
