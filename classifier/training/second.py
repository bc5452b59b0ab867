"""The second round: the network learns from calibrated doubts, its teachers' or its own, beside what people said.

Seen a dozen times, a few thousand hand-labelled posts make a network too sure of itself. Soft answers to them and to
many more posts of the same kind loosen it again (distillation, Hinton et al. 2015; with its own answers self-training,
Xie et al. 2020).
"""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

from classifier.heads import IMPACTS, INTENTS
from classifier.text import normalise
from classifier.training import own
from classifier.training.examples import Example, fingerprint
from classifier.training.mixture import Mixture, evaluation_fingerprints

UNLABELLED: Mapping[str, int] = {
    "twcs_sample": 6000,
    "isp2021": 2600,
    "spotify": 3000,
    "airline2015": 2500,
    "power2019": 2000,
    "comcast": 1500,
    "venezuela": 800,
    "powercity": 2000,
}
"""Set → most posts drawn from it."""

TAUGHT = ("sentiment", "emotion", "intents", "outage", "angry", "impact", "about")
HARD = 0.6
"""Share of what a person answered in the target of a row that was answered; the rest is the teachers'."""
_LEAST_LETTERS = 8
_FREQUENT_IMPACTS = {IMPACTS.index(name) for name in ("none", "money", "leisure")}
_RARE_EMOTIONS = (2, 3)
_RARE_INTENTS = [
    INTENTS.index(name) for name in ("status_question", "compensation_request", "churn_threat", "suggestion")
]


def unlabelled(data: Path, seed: int) -> list[Example]:
    """Posts without answers, none of them measured on or labelled by us, none twice."""
    seen = set(evaluation_fingerprints(data)) | {fingerprint(row.text) for row in (*own.posts(data), *own.written())}
    found: list[Example] = []
    for name, limit in UNLABELLED.items():
        texts = [normalise(text) for text in own.texts(data, name)]
        random.Random(seed).shuffle(texts)  # noqa: S311 - a sample, not a secret
        taken = 0
        for text in texts:
            key = fingerprint(text)
            if taken < limit and len(key) >= _LEAST_LETTERS and key not in seen:
                seen.add(key)
                found.append(Example(text, {}, f"soft_{name}"))
                taken += 1
    return found


def pool(mixture: Mixture, soft: Sequence[Example], seed: int) -> list[Example]:
    """The rows of the second round, each once: our own, those nobody labelled, a share of the published ones."""
    generator = random.Random(seed)  # noqa: S311 - a sample, not a secret
    rows = [*mixture.parts[0].rows, *soft]
    for part in mixture.parts[1:]:
        every = list(part.rows)
        rows += every if len(every) <= part.again else generator.sample(every, part.again)
    return rows


def second_epoch(mixture: Mixture, rows: Sequence[Example]) -> list[Example]:
    """The taught rows of `pool`: our own twice (rare kinds four times), the others once."""
    mine = {row.text: 4 if _is_rare(row) else 2 for row in mixture.parts[0].rows}
    return [row for row in rows for _ in range(mine.get(row.text, 1))]


def _is_rare(row: Example) -> bool:
    intents = row.answers["intents"]
    assert isinstance(intents, tuple)  # noqa: S101 - our own rows answer every head
    rare_intent = any(intents[number] for number in _RARE_INTENTS)
    return row.answers["impact"] not in _FREQUENT_IMPACTS or row.answers["emotion"] in _RARE_EMOTIONS or rare_intent
