"""Figures on held-out rows while training: enough to choose a checkpoint by."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from classifier import metrics
from classifier.heads import Head, slices
from classifier.metrics import Floats
from classifier.training.batches import encode, plain_batches, targets
from classifier.training.examples import Example
from classifier.training.network import Network


def logits(network: Network, rows: Sequence[Example], tokenizer: Any, width: int) -> Floats:
    """(rows, width) raw outputs of a network in evaluation mode."""
    found = np.zeros((len(rows), width))
    network.eval()
    with torch.no_grad():
        for chosen, ids, mask in plain_batches(encode(rows, tokenizer), 64):
            found[chosen] = network(ids, mask).double().numpy()
    return found


def figures(outputs: Floats, rows: Sequence[Example], heads: Sequence[Head]) -> dict[str, float]:
    """Macro recall, macro F1 or F1 (0..100) for each head that has answers among `rows`; threshold 0.5."""
    truth = targets(rows, heads).numpy()
    found: dict[str, float] = {}
    for name, place in slices(heads).items():
        multi = next(head.multi for head in heads if head.name == name)
        known = ~np.isnan(truth[:, place]).any(1)
        if known.any():
            score = _multi if multi else _choice
            found |= score(name, outputs[known, place], truth[known, place])
    return found


def _choice(name: str, outputs: Floats, truth: Floats) -> dict[str, float]:
    right, guess = truth.argmax(1).tolist(), outputs.argmax(1).tolist()
    classes = truth.shape[1]
    return {
        f"{name} recall": metrics.recall_macro(right, guess, classes),
        f"{name} f1": metrics.f1_macro(right, guess, classes),
    }


def _multi(name: str, outputs: Floats, truth: Floats) -> dict[str, float]:
    each = [metrics.f1(truth[:, i], outputs[:, i] > 0) for i in range(truth.shape[1])]
    return {f"{name} f1": float(np.mean(each))}
