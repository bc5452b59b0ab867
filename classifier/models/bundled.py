"""The shipped model: onnxruntime and a tokenizer file; neither torch nor transformers."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.models.config import ModelConfig, load_config
from classifier.text import normalise, strange, wordless
from core.domain import Reading
from core.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FOLDER = Path(__file__).parent.parent / "model"
"""Where the shipped files stand."""

TOKENS = 768
"""Tokens in one run of the model at most: beyond, what lies between two operators no longer fits the core's cache."""

CHUNK = 4096
"""Rows that are sorted by length together; bounds memory."""

Identify = Callable[[str, str | None], str]


class BundledModel:
    """Reads posts with the shipped int8 model. Nothing is loaded before the first `read` or `warm_up`.

    `identify` names the language of (text, platform's language); `threads` 0 means all cores.
    """

    def __init__(
        self,
        identify: Identify,
        *,
        folder: Path = FOLDER,
        threads: int = 0,
        weights: str = "model.int8.onnx",
    ) -> None:
        self.folder, self.threads, self.weights = folder, threads, weights
        self.config = load_config(folder)
        self.name = self.config.full_name
        self._identify = identify
        self._engine: Engine | None = None

    @property
    def names(self) -> frozenset[str]:
        return frozenset({self.name})

    def warm_up(self) -> None:
        """Load the weights now. Raises ConfigError when a file is missing or broken."""
        self._loaded()

    def read(self, texts: Sequence[str], languages: Sequence[str | None] = ()) -> list[Reading]:
        """One reading for each text, in order. Any string is readable; an empty one gets a low confidence.

        `languages` are the platform's own, for none or for every text.
        """
        from classifier.models.decode import readings

        named = languages or [None] * len(texts)
        found: list[Reading] = []
        for start in range(0, len(texts), CHUNK):
            part = texts[start : start + CHUNK]
            spoken = [self._identify(text, name) for text, name in zip(part, named[start : start + CHUNK], strict=True)]
            chances = self.probabilities(part)
            found += readings(chances, self.config, spoken, [limit(text) for text in part])
        return found

    def probabilities(self, texts: Sequence[str]) -> "dict[str, NDArray[np.float32]]":
        """Head name → (texts, labels) calibrated probabilities in 0..1, auxiliary heads included."""
        from classifier.models.decode import probabilities

        return probabilities(self._loaded().logits(texts), self.config)

    def features(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """(texts, 2 x hidden) vectors of the posts, before the heads."""
        return self._loaded().features(texts)

    def _loaded(self) -> "Engine":
        if self._engine is None:
            self._engine = Engine(self.config, self.folder, self.threads, self.weights)
        return self._engine


def limit(text: str) -> float:
    """The most confidence a reading of a text can have."""
    from classifier.models.decode import STRANGE, WORDLESS

    return WORDLESS if wordless(text) else STRANGE if strange(text) else 1.0


class Engine:
    """Tokenizer and onnxruntime session of one model folder."""

    def __init__(self, config: ModelConfig, folder: Path, threads: int, weights: str) -> None:
        self._tokenizer = _load_tokenizer(folder / "tokenizer.json", config.max_len)
        self._session = _load_session(folder / weights, threads)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of normalised texts."""
        cleaned = [normalise(text) for text in texts]
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(cleaned)]

    def logits(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """(texts, width) raw outputs, in the order of the texts."""
        return self._outputs(texts, 0)

    def features(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """(texts, 2 x hidden): what the heads look at, for measuring what else could be learned from it."""
        return self._outputs(texts, 1)

    def feeds(self, texts: Sequence[str]) -> "Iterator[tuple[list[int], dict[str, NDArray[np.int64]]]]":
        """Numbers of the texts and what the network is given of them, one run after the other."""
        import numpy as np

        names = {given.name for given in self._session.get_inputs()}
        for chosen, ids in batches(self.encode(texts)):
            feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
            yield chosen, {name: value for name, value in feed.items() if name in names}

    def _outputs(self, texts: Sequence[str], number: int) -> "NDArray[np.float32]":
        import numpy as np

        output = self._session.get_outputs()[number]
        found = np.zeros((len(texts), output.shape[1]), np.float32)
        for chosen, feed in self.feeds(texts):
            found[chosen] = self._session.run([output.name], feed)[0]
        return found


def batches(ids: Sequence[Sequence[int]]) -> "Iterator[tuple[list[int], NDArray[np.int64]]]":
    """Row numbers and their (rows, tokens) ids, always rows of one length and at most `TOKENS` tokens.

    Nothing is padded: a row costs what it is long, and what stands beside it cannot touch it.
    """
    import numpy as np

    alike: dict[int, list[int]] = {}
    for number, row in enumerate(ids):
        alike.setdefault(len(row), []).append(number)
    for length, numbers in sorted(alike.items()):
        size = max(1, TOKENS // max(1, length))
        for start in range(0, len(numbers), size):
            chosen = numbers[start : start + size]
            yield chosen, np.array([ids[number] for number in chosen], np.int64)


def _load_tokenizer(path: Path, max_len: int) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception
        raise ConfigError(_broken(path, error)) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_len)
    return tokenizer


def _load_session(path: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    # Spinning threads would take a whole core from the rest of the service between two batches.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            str(path),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=["SkipLayerNormFusion"],  # measured: the fused operator is ten times slower
        )
    except Exception as error:  # onnxruntime has no public base class for its errors
        raise ConfigError(_broken(path, error)) from error


def _broken(path: Path, error: Exception) -> str:
    reason = " ".join(str(error).split())[:120]
    return f"classifier model: {path} cannot be loaded ({reason}); reinstall Amends or run `amends train`"
