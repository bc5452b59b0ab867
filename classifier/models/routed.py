"""Two shipped models behind one face: English posts go to the fast one, other languages to the one that knows them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from classifier.models.bundled import FOLDER, BundledModel, Identify
from core.domain import Reading

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MULTILINGUAL = FOLDER / "multilingual"
"""Where the second model's files stand."""

_FAST = ("en", "und")
"""A post too short to name its language is mostly a word or two that every customer uses."""


class RoutedModel:
    """Reads each post with the model of its language. The second model is loaded when the first post needs it."""

    def __init__(self, fast: BundledModel, other: BundledModel, identify: Identify) -> None:
        self._fast, self._other, self._identify = fast, other, identify
        self.name = fast.name

    def warm_up(self) -> None:
        """Load the fast model now. Raises ConfigError when one of its files is missing or broken."""
        self._fast.warm_up()

    def read(self, texts: Sequence[str], languages: Sequence[str | None] = ()) -> list[Reading]:
        """One reading for each text, in order, with the name of the model that gave it."""
        spoken = self._languages(texts, languages)
        found: dict[int, Reading] = {}
        for model, places in self._shares(spoken):
            given = model.read([texts[place] for place in places], [spoken[place] for place in places])
            found.update(zip(places, given, strict=True))
        return [found[place] for place in range(len(texts))]

    def probabilities(self, texts: Sequence[str]) -> "dict[str, NDArray[np.float32]]":
        """Head name → (texts, labels) calibrated probabilities in 0..1, each text's by the model of its language."""
        import numpy as np

        found: dict[str, NDArray[np.float32]] = {}
        for model, places in self._shares(self._languages(texts, ())):
            for name, chances in model.probabilities([texts[place] for place in places]).items():
                found.setdefault(name, np.zeros((len(texts), chances.shape[1]), np.float32))[places] = chances
        return found

    def reader(self, language: str) -> BundledModel:
        """The model that reads posts in a language."""
        return self._fast if language in _FAST else self._other

    def features(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """(texts, 2 x hidden) vectors of the fast model."""
        return self._fast.features(texts)

    def _languages(self, texts: Sequence[str], named: Sequence[str | None]) -> list[str]:
        known = named or [None] * len(texts)
        return [self._identify(text, name) for text, name in zip(texts, known, strict=True)]

    def _shares(self, spoken: Sequence[str]) -> Iterator[tuple[BundledModel, list[int]]]:
        """Each model that has something to read, with the numbers of its texts."""
        for model, mine in ((self._fast, True), (self._other, False)):
            places = [place for place, language in enumerate(spoken) if (language in _FAST) is mine]
            if places:
                yield model, places
