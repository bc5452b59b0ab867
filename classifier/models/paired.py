"""The two shipped models behind one face: a fast one for English, and a strong one that knows other languages too.

Where the fast one hesitates, the strong one reads the post as well and their log-odds are averaged: two models that
err in different places are right more often than either (Hansen and Salamon 1990), and most posts need only one.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from classifier.models.bundled import CHUNK, FOLDER, BundledModel, Identify, limit
from classifier.models.config import ModelConfig, parse_config
from core.domain import Reading

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Chances = dict[str, NDArray[np.float32]]
    Opinion = tuple[ModelConfig, list[int], Chances]
    """Whose reading it is, the numbers of the texts, and head name → (texts, labels) probabilities."""

STRONG = FOLDER / "multilingual"
"""Where the strong model's files stand."""

JOINT = FOLDER / "joint.json"
"""Name, thresholds and calibration of what both models say together."""

FAST_LANGUAGES = ("en", "und")
"""A post too short to name its language is mostly a word or two that every customer uses."""


class PairedModel:
    """Reads each post with the model of its language, a doubtful English one with both."""

    def __init__(self, fast: BundledModel, strong: BundledModel, identify: Identify, joint: Path = JOINT) -> None:
        self._fast, self._strong, self._identify = fast, strong, identify
        self._joint = parse_config(joint)
        self.name = fast.name

    @property
    def names(self) -> frozenset[str]:
        return self._fast.names | self._strong.names | {self._joint.full_name}

    def warm_up(self) -> None:
        """Load both models now. Raises ConfigError when one of their files is missing or broken."""
        self._fast.warm_up()
        self._strong.warm_up()

    def read(self, texts: Sequence[str], languages: Sequence[str | None] = ()) -> list[Reading]:
        """One reading for each text, in order, with the name of the model that gave it."""
        found: list[Reading] = []
        for start in range(0, len(texts), CHUNK):
            found += self._read(texts[start : start + CHUNK], languages[start : start + CHUNK])
        return found

    def _read(self, texts: Sequence[str], languages: Sequence[str | None]) -> list[Reading]:
        from classifier.models.decode import readings

        spoken = self._languages(texts, languages)
        found: dict[int, Reading] = {}
        for config, places, chances in self._opinions(texts, spoken):
            limits = [limit(texts[place]) for place in places]
            found.update(zip(places, readings(chances, config, [spoken[at] for at in places], limits), strict=True))
        return [found[place] for place in range(len(texts))]

    def probabilities(self, texts: Sequence[str]) -> "Chances":
        """Head name → (texts, labels) calibrated probabilities in 0..1, as the readings have them."""
        import numpy as np

        found: Chances = {}
        for _, places, part in self._opinions(texts, self._languages(texts, ())):
            for name, chances in part.items():
                found.setdefault(name, np.zeros((len(texts), chances.shape[1]), np.float32))[places] = chances
        return found

    def reader(self, language: str) -> BundledModel:
        """The model that is asked first about posts in a language."""
        return self._fast if language in FAST_LANGUAGES else self._strong

    def features(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """(texts, width) vectors of both models side by side."""
        import numpy as np

        return np.hstack([self._fast.features(texts), self._strong.features(texts)])

    def _languages(self, texts: Sequence[str], named: Sequence[str | None]) -> list[str]:
        known = named or [None] * len(texts)
        return [self._identify(text, name) for text, name in zip(texts, known, strict=True)]

    def _opinions(self, texts: Sequence[str], spoken: Sequence[str]) -> "Iterator[Opinion]":
        """Every text once, by whoever has the last word on it."""
        english = [place for place, language in enumerate(spoken) if language in FAST_LANGUAGES]
        if english:
            yield from self._asked(texts, english)
        others = [place for place, language in enumerate(spoken) if language not in FAST_LANGUAGES]
        if others:
            yield self._strong.config, others, self._strong.probabilities([texts[place] for place in others])

    def _asked(self, texts: Sequence[str], places: list[int]) -> "Iterator[Opinion]":
        from classifier.models.decode import averaged, doubtful, probabilities

        first = self._fast.probabilities([texts[place] for place in places])
        doubts = doubtful(first, self._fast.config)
        for config, rows in ((self._fast.config, (~doubts).nonzero()[0]), (self._joint, doubts.nonzero()[0])):
            if not len(rows):
                continue
            chosen = [places[row] for row in rows]
            chances = {name: values[rows] for name, values in first.items()}
            if config is self._joint:
                second = self._strong.probabilities([texts[place] for place in chosen])
                chances = probabilities(averaged(chances, second, config.heads), config)
            yield config, chosen, chances
