"""Published pairs of premise and hypothesis, to learn from tables and texts what bears out a sentence."""

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

from responder.claims.training.draft import CONTRADICTED, NONE, SUPPORTED, UNSUPPORTED, Draft

SETS = {"infotabs": 1.0, "fever-dev": 0.7, "dialfact-small": 1.0, "begin": 0.3, "snli-devtest": 0.3, "med": 0.3,
        "finedialfact": 1.0, "ci-tod": 0.4, "fever-symmetric": 1.0, "breaking-nli": 0.15}  # fmt: skip
"""Share of each set that is used."""

_STATES = {
    "supported": SUPPORTED,
    "contradicted": CONTRADICTED,
    "not_enough": UNSUPPORTED,
    "not_supported": UNSUPPORTED | CONTRADICTED,
    "generic": NONE,
    "consistent": SUPPORTED | NONE,
}
_LONGEST = 900  # code points of a premise
_TOGETHER = 3  # hypotheses in one input; their neighbours must not give them away


def drafts(folder: Path, seed: int) -> Iterator[Draft]:
    """Inputs without end, in a new order every time round; `folder` holds `<set>/<set>.jsonl.gz`."""
    chance = random.Random(seed)  # noqa: S311 - seeded randomness, not security
    held = list(_inputs(folder, chance))
    while True:
        chance.shuffle(held)
        yield from held


def _inputs(folder: Path, chance: random.Random) -> Iterator[Draft]:
    for name, share in SETS.items():
        by_premise: dict[str, list[tuple[str, set[int]]]] = {}
        with gzip.open(folder / name / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if (
                    chance.random() < share
                    and len(row["premise"]) < _LONGEST
                    and not row["split"].startswith("test_alpha3")
                ):
                    by_premise.setdefault(row["premise"], []).append((row["hypothesis"], _STATES[row["label"]]))
        for premise, pairs in by_premise.items():
            chance.shuffle(pairs)
            for start in range(0, len(pairs), _TOGETHER):
                yield _together(premise, pairs[start : start + _TOGETHER])


def _together(premise: str, pairs: list[tuple[str, set[int]]]) -> Draft:
    draft = Draft(premise=premise, labelled=False)
    for text, states in pairs:
        draft.add(text, states)
    return draft
