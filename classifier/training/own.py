"""Our own labels: posts read one by one by the guideline in docs/labels.md.

`labels/posts.tsv` refers to real posts (set, row, hash of the normalised text) without their text,
which belongs to others; `labels/written.tsv` holds posts written for this project, with text.
"""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from classifier import corrections
from classifier.heads import ABOUTS, EMOTIONS, IMPACTS, SENTIMENTS
from classifier.text import normalise
from classifier.training.examples import Answer, Example, all_intents, yes_no
from classifier.training.readers import lines, table
from core.errors import InputError

LABELS = Path(__file__).parent / "labels"
EXCERPT = 500
"""Characters of a real post that its readers saw."""

_AIRLINES = ("airline_sentiment/Tweets.csv", "text")
_SPOTIFY = "twcs_spotifycares/_legacy/2_analyzing_social_media_data_in_python/support_requests.csv"
COLUMNS: Mapping[str, tuple[str, str]] = {
    "twcs_sample": ("twcs_S0l0m4n/data/test_set.csv", "text"),
    "isp2021": ("nigerian_isp/data/analogous-data/analogous_tweets_nov_27.csv", "Text"),
    "airline2015": _AIRLINES,
    "power2019": ("dc_power_outage/data/testing/power outage-10k-tweets.csv", "Text"),
    "comcast": ("comcast_fcc_complaints/Comcast_telecom_complaints_data.csv", "Customer Complaint"),
    "spotify": (_SPOTIFY, "text"),
    "complaints2019": ("xci_complaints/X-CI Dataset.csv", "tweet"),
    "venezuela": ("venezuela_blackout_es/apagon11Septiembre.csv", "text"),
    "nigerian": ("nigerian_isp/data/interim/full_merge_uncleaned.csv", "Text"),
}
"""Set name → file in the data directory and the column that holds the text."""


def posts(data: Path, labels: Path = LABELS) -> Iterator[Example]:
    """Real posts with our labels. Raises InputError when a post in `data` is not the one that was read."""
    read = cache(lambda name: texts(data, name))
    with (labels / "posts.tsv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, delimiter="\t"), start=2):
            text = normalise(read(row["set"])[int(row["row"])])
            if digest(text) != row["sha256"]:
                msg = f"posts.tsv:{number}: row {row['row']} of {row['set']} is not the post that was labelled"
                raise InputError(msg)
            yield Example(text, answers(row), f"own_{row['set']}")


def written(labels: Path = LABELS) -> Iterator[Example]:
    """Posts written for this project, in English, French and Spanish."""
    with (labels / "written.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield Example(normalise(row["text"]), answers(row), f"written_{row['language']}")


def corrected(path: Path) -> Iterator[Example]:
    """Posts whose labels a person set right, from ``amends export corrections``. Raises InputError."""
    for correction in corrections.read(path):
        plain = correction.labels.plain()
        row = {name: str(plain[name]) for name in ("sentiment", "emotion", "impact", "about")}
        row |= {"outage": str(int(plain["outage"])), "angry": str(int(plain["angry"]))}
        row["intents"] = ",".join(plain["intents"])
        yield Example(normalise(correction.text), answers(row), "corrected")


def answers(row: Mapping[str, str]) -> dict[str, Answer]:
    """The labels of one row, with names as in the guideline, as answers for every head of ours."""
    return {
        "sentiment": SENTIMENTS.index(row["sentiment"]),
        "emotion": EMOTIONS.index(row["emotion"]),
        "intents": all_intents(row["intents"].split(",")),
        "outage": yes_no(row["outage"] == "1"),
        "angry": yes_no(row["angry"] == "1"),
        "impact": IMPACTS.index(row["impact"]),
        "about": ABOUTS.index(row["about"]),
    }


def digest(text: str) -> str:
    """The first 16 hex digits of the SHA-256 of a normalised text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def texts(data: Path, name: str) -> list[str]:
    """Every post of one set in the order of its file, as its readers saw it."""
    if name == "powercity":
        folder = data / "us_power_outage_dmedellin" / "data"
        found = [row["text"] or "" for path in sorted(folder.glob("*.csv")) for row in table(path)]
    elif name == "ibm":
        found = list(_asked(data / "ibm_twitter_customer_care"))
    elif name.startswith("umsab_"):
        found = lines(data / "xlm-t_umsab" / "data" / "sentiment" / name.removeprefix("umsab_") / "train_text.txt")
    else:
        path, column = COLUMNS[name]
        found = [row[column] or "" for row in table(data / path)]
    return [" ".join(text.split())[:EXCERPT] for text in found]


def _asked(folder: Path) -> Iterator[str]:
    """The customers' turns of the conversations, in order; a company's own turn is empty."""
    for part in ("dev", "test"):
        for talk in json.loads((folder / f"{part}.json").read_text(encoding="utf-8")):
            company = talk["dialogHeader"]["company"].lower()
            for turn in talk["dialogContent"]:
                yield "" if (turn.get("client") or "").lower() == company else turn.get("message") or ""
