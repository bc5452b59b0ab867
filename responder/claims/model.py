"""The shipped claim model: onnxruntime and a tokenizer file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import ConfigError
from responder.claims.clauses import Span, split
from responder.claims.encoding import encode
from responder.claims.labels import FLAGS, STATES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FOLDER = Path(__file__).parent / "model"
"""Where the shipped files stand."""

_WINDOW = 700  # code points of a reply read at once; beyond, the premise is read again beside the next clauses


@dataclass(frozen=True, slots=True)
class Judged:
    """A clause of the reply with the chance, 0..1, of each state (they sum to 1) and of each flag."""

    span: Span
    states: dict[str, float]
    flags: dict[str, float]

    @property
    def unsupported(self) -> float:
        """The chance that it claims something that nothing bears out."""
        return self.states["unsupported"] + self.states["contradicted"]


class ClaimModel:
    """Judges the clauses of a reply. Nothing is loaded before the first `judge` or `warm_up`.

    `threads` 0 means all cores.
    """

    def __init__(self, folder: Path = FOLDER, *, threads: int = 1, weights: str = "model.int8.onnx") -> None:
        self.folder, self.threads, self.weights = folder, threads, weights
        self._parts: tuple[Any, Any] | None = None

    def present(self) -> bool:
        """Whether there is a model to load."""
        return (self.folder / self.weights).exists() and (self.folder / "tokenizer.json").exists()

    def warm_up(self) -> None:
        """Load the weights now. Raises ConfigError when a file is missing or broken."""
        self._loaded()

    def thresholds(self) -> dict[str, float]:
        """From which chance on a clause is a fault: four kinds of "unsupported", and one for every flag."""
        return dict(self._told("thresholds"))

    def agreement(self) -> dict[str, float]:
        """Check of phrases → the chance of any fault in its clause without which its finding only warns."""
        return dict(self._told("agreement"))

    def _told(self, name: str) -> dict[str, float]:
        told: dict[str, float] = json.loads((self.folder / "config.json").read_text(encoding="utf-8"))[name]
        return told

    def judge(self, premise: str, reply: str) -> list[Judged]:
        """The clauses of the reply in order, each with its chances. Raises ConfigError as `warm_up`."""
        found: list[Judged] = []
        for spans in _windows(split(reply)):
            found += self._window(premise, reply, spans)
        return found

    def _window(self, premise: str, reply: str, spans: Sequence[Span]) -> list[Judged]:
        import numpy as np

        tokenizer, session = self._loaded()
        first = spans[0].start
        text = reply[first : spans[-1].end]
        row = encode(tokenizer, premise, text, [(span.start - first, span.end - first) for span in spans])
        share = np.zeros((1, len(spans), len(row.ids)), np.float32)
        for number, (start, end) in enumerate(row.tokens):
            share[0, number, start:end] = 1 / max(1, end - start)
        logits = session.run(None, {"input_ids": np.array([row.ids], np.int64), "share": share})[0][0]
        read = [number for number, (start, end) in enumerate(row.tokens) if end > start]
        return [_judged(spans[number], logits[number]) for number in read]

    def _loaded(self) -> tuple[Any, Any]:
        if self._parts is None:
            self._parts = _tokenizer(self.folder / "tokenizer.json"), _session(self.folder / self.weights, self.threads)
        return self._parts


def _windows(spans: Sequence[Span]) -> list[list[Span]]:
    """The clauses in runs that fit beside the premise."""
    runs: list[list[Span]] = []
    for span in spans:
        if runs and span.end - runs[-1][0].start <= _WINDOW:
            runs[-1].append(span)
        else:
            runs.append([span])
    return runs


def _judged(span: Span, logits: "NDArray[np.float32]") -> Judged:
    import numpy as np

    states = np.exp(logits[: len(STATES)] - logits[: len(STATES)].max())
    flags = 1 / (1 + np.exp(-logits[len(STATES) :]))
    return Judged(
        span,
        dict(zip(STATES, map(float, states / states.sum()), strict=True)),
        dict(zip(FLAGS, map(float, flags), strict=True)),
    )


def _tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception
        raise ConfigError(_broken(path, error)) from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _session(path: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    # Spinning threads would take a whole core from the rest of the service between two drafts.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
        )
    except Exception as error:  # onnxruntime has no public base class for its errors
        raise ConfigError(_broken(path, error)) from error


def _broken(path: Path, error: Exception) -> str:
    reason = " ".join(str(error).split())[:120]
    return f"claim model: {path} cannot be loaded ({reason}); reinstall Amends"
