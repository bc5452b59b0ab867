"""From a trained network to a model folder: 8 bits, calibrated probabilities, thresholds, and how far to trust them."""

import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from classifier import confidence
from classifier.heads import HEADS, IMPACTS
from classifier.models.bundled import Engine, batches
from classifier.models.config import ModelConfig, load_config, save_config
from classifier.models.decode import averaged, probabilities
from classifier.training.batches import load_tokenizer, targets
from classifier.training.calibrate import alarm, calibrate
from classifier.training.examples import Example
from classifier.training.export import export
from classifier.training.quantise import quantise
from classifier.training.tighten import tighten

if TYPE_CHECKING:
    from classifier.training.mixture import Mixture
    from classifier.training.network import Network
    from classifier.training.pipeline import Encoder

Said = Callable[[Sequence[str]], NDArray[np.float32]]
"""Normalised texts → (texts, width) logits."""

CALIBRATION_ROWS = 384
"""Rows whose activations give the ranges of the 8-bit numbers: half our own, half of everything else."""


def finish(
    network: "Network",
    encoder: "Encoder",
    mixture: "Mixture",
    judged: Sequence[Example],
    out_dir: Path,
    config: ModelConfig,
) -> None:
    """Write the model folder: weights in 8 bits (and 32 bits below work/), tokenizer, `config` fitted to `judged`."""
    full = out_dir / "work" / "model.onnx"
    export(network, full, attention_heads=encoder.attention_heads, hidden=encoder.hidden)
    shutil.copyfile(encoder.folder / "tokenizer.json", out_dir / "tokenizer.json")
    quantise(full, out_dir / "model.int8.onnx", _feeds(_sample(mixture), out_dir / "tokenizer.json", config.max_len))
    tighten(out_dir / "model.int8.onnx")
    said = Engine(config, out_dir, 0, "model.int8.onnx").logits
    save_config(fitted(config, judged, mixture.held_out, said), out_dir / "config.json")


def join(fast: Path, strong: Path, judged: Sequence[Example], held_out: Sequence[Example], config: ModelConfig) -> None:
    """Write joint.json into `fast`: `config` fitted to what two finished model folders say together."""
    configs = [load_config(folder) for folder in (fast, strong)]
    engines = [
        Engine(known, folder, 0, "model.int8.onnx") for known, folder in zip(configs, (fast, strong), strict=True)
    ]

    def said(texts: Sequence[str]) -> NDArray[np.float32]:
        one, other = (
            probabilities(engine.logits(texts), known) for known, engine in zip(configs, engines, strict=True)
        )
        return averaged(one, other, config.heads)

    save_config(fitted(config, judged, held_out, said), fast / "joint.json")


def fitted(config: ModelConfig, judged: Sequence[Example], held_out: Sequence[Example], said: Said) -> ModelConfig:
    """`config` fitted to the logits of rows that nothing was trained on."""
    logits = said([row.text for row in judged])
    config = calibrate(config, logits.astype(float), targets(judged, HEADS).double().numpy())
    return _trusted(_alarmed(config, held_out, said), judged, logits)


def _alarmed(config: ModelConfig, held_out: Sequence[Example], said: Said) -> ModelConfig:
    """`config` with the bar of impact = safety: to miss somebody in danger costs more than a false alarm."""
    number = IMPACTS.index("safety")
    rows = [row for row in held_out if "impact" in row.answers]
    logits = said([row.text for row in rows])
    right = np.array([row.answers["impact"] == number for row in rows], float)
    least = alarm(probabilities(logits, config)["impact"][:, number].astype(float), right)
    return config if least is None else replace(config, alarms={"impact": {"safety": least}})


def _trusted(config: ModelConfig, judged: Sequence[Example], logits: NDArray[np.float32]) -> ModelConfig:
    """`config` with the curve that says how many of a reading's decisions are right."""
    chosen = [place for place, row in enumerate(judged) if set(confidence.DECISIONS) <= set(row.answers)]
    if not chosen:
        return config
    chances = probabilities(logits[chosen], config)
    curve = confidence.fit(chances, config, _right([judged[place] for place in chosen], chances, config))
    return replace(config, confidence=(round(curve.slope, 4), round(curve.offset, 4)))


def _right(rows: Sequence[Example], chances: confidence.Chances, config: ModelConfig) -> NDArray[np.bool_]:
    """(rows, decisions): whether each was right; the main intent when the author has it at all."""
    truth = {name: np.array([row.answers[name] for row in rows]) for name in confidence.DECISIONS}
    yes_no = [
        (chances[name][:, 0] >= config.thresholds[name][0]) == (truth[name][:, 0] > 0) for name in ("outage", "angry")
    ]
    sentiment = chances["sentiment"].argmax(1) == truth["sentiment"]
    main = truth["intents"][np.arange(len(rows)), confidence.main_intents(chances, config)] > 0
    return np.stack([*yes_no, sentiment, main], 1)


def _sample(mixture: "Mixture") -> list[str]:
    generator = random.Random(0)  # noqa: S311 - a sample, not a secret
    mine = [row.text for row in mixture.parts[0].rows]
    others = [row.text for part in mixture.parts[1:] for row in part.rows]
    half = CALIBRATION_ROWS // 2
    return [text for texts in (mine, others) for text in generator.sample(texts, min(half, len(texts)))]


def _feeds(texts: Sequence[str], tokenizer_file: Path, max_len: int) -> list[Any]:
    tokenizer = load_tokenizer(tokenizer_file, max_len)
    found = batches([tokenizer.encode(text).ids for text in texts])
    return [{"input_ids": ids, "attention_mask": np.ones_like(ids)} for _, ids in found]
