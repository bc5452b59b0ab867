"""The card index of a shipped model: config.json beside its weights."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classifier.heads import Head
from core.errors import ConfigError

CONFIDENCE = (0.92, 0.3)
"""The curve of a model whose config.json names none."""

FILES = ("config.json", "tokenizer.json", "model.int8.onnx")


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Name and version, heads in output order, and how raw outputs become probabilities and answers.

    `temperatures` divide a head's logits, `shifts` are then added (yes/no labels only): both chosen so
    that probabilities are as often right as they say. `thresholds` are the least probability of a yes.
    `alarms` name labels of choice heads that are answered from that probability on, even when another
    label is likelier: for answers that are worse to miss than to give in vain.
    """

    name: str
    version: str
    max_len: int
    heads: tuple[Head, ...]
    temperatures: Mapping[str, float] = field(default_factory=dict)
    shifts: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    thresholds: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    alarms: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    confidence: tuple[float, float] = CONFIDENCE  # slope and offset of classifier/confidence.py

    @property
    def full_name(self) -> str:
        """name@version, as every reading carries it."""
        return f"{self.name}@{self.version}"


def load_config(folder: Path) -> ModelConfig:
    """Read config.json of a model folder. Raises ConfigError naming the file when it cannot be used."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        msg = f"classifier model: {folder / missing[0]} is missing; reinstall Amends or run `amends train`"
        raise ConfigError(msg)
    return parse_config(folder / "config.json")


def parse_config(path: Path) -> ModelConfig:
    """Read one such file. Raises ConfigError naming it when it cannot be used."""
    try:
        return _parse(json.loads(path.read_text("utf-8")))
    except OSError as error:
        msg = f"classifier model: {path} cannot be read; reinstall Amends or run `amends train`"
        raise ConfigError(msg) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        msg = f"classifier model: {path} is broken ({type(error).__name__}: {error}); reinstall Amends"
        raise ConfigError(msg) from error


def save_config(config: ModelConfig, path: Path) -> None:
    """Write a configuration as `parse_config` reads it."""
    heads = [
        {
            "name": head.name,
            "labels": head.labels,
            "multi": head.multi,
            "temperature": config.temperatures.get(head.name, 1.0),
            "shifts": config.shifts.get(head.name, [0.0] * head.width),
            "thresholds": config.thresholds.get(head.name, [0.5] * head.width),
            "alarms": dict(config.alarms.get(head.name, {})),
        }
        for head in config.heads
    ]
    plain = {"name": config.name, "version": config.version, "max_len": config.max_len}
    plain |= {"confidence": config.confidence, "heads": heads}
    path.write_text(json.dumps(plain, indent=1) + "\n", "utf-8")


def _parse(plain: Mapping[str, Any]) -> ModelConfig:
    heads = plain["heads"]
    slope, offset = plain.get("confidence", CONFIDENCE)
    return ModelConfig(
        name=str(plain["name"]),
        version=str(plain["version"]),
        max_len=int(plain["max_len"]),
        heads=tuple(Head(head["name"], tuple(head["labels"]), bool(head["multi"])) for head in heads),
        temperatures={head["name"]: float(head["temperature"]) for head in heads},
        shifts={head["name"]: tuple(map(float, head["shifts"])) for head in heads},
        thresholds={head["name"]: tuple(map(float, head["thresholds"])) for head in heads},
        alarms={head["name"]: _alarms(head) for head in heads if head.get("alarms")},
        confidence=(float(slope), float(offset)),
    )


def _alarms(head: Mapping[str, Any]) -> dict[str, float]:
    unknown = set(head["alarms"]) - set(head["labels"])
    if unknown:
        msg = f"{head['name']} has no label {', '.join(sorted(unknown))}"
        raise ValueError(msg)
    return {label: float(least) for label, least in head["alarms"].items()}
