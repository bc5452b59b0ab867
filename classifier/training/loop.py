"""The training loop: seeded, averaged, resumable."""

import logging
import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from classifier.heads import Head
from classifier.training.batches import collate, encode, order
from classifier.training.examples import Example
from classifier.training.network import Network, loss

log = logging.getLogger(__name__)

Report = Callable[[Network, int], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train. Learning rates are those at the peak of a linear rise and fall."""

    epochs: int = 3
    batch: int = 64
    rate: float = 1e-4
    head_rate: float = 6e-4
    warm_up: float = 0.06
    floor: float = 0.01
    """Share of the peak rate below which the fall stops: a round that another follows ends high."""
    decay: float = 0.01
    clip: float = 1.0
    average: float = 0.999
    max_len: int = 96
    seed: int = 20261122
    bfloat16: bool = False
    save_every: int = 400
    stop_after: int | None = None
    """Steps after which to stop, for short trials; the schedule shrinks with it."""


@dataclass(slots=True)
class Run:
    """What changes while training and what a checkpoint holds."""

    network: Network
    optimiser: torch.optim.AdamW
    averaged: list[torch.Tensor]
    step: int = 0

    def state(self) -> dict[str, Any]:
        """Everything needed to go on from here."""
        return {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "averaged": self.averaged,
            "step": self.step,
            "random": torch.get_rng_state(),
        }


def fit(
    network: Network,
    epochs: Sequence[Sequence[Example]],
    tokenizer: Any,
    heads: Sequence[Head],
    recipe: Recipe,
    folder: Path,
    report: Report = lambda _network, _epoch: None,
) -> Network:
    """Train on the rows of each epoch in turn and return the network with averaged weights.

    A checkpoint stands in `folder` every `save_every` steps and after every epoch; a new call with the
    same arguments goes on from it. `report` sees the averaged network after every epoch.
    """
    torch.manual_seed(recipe.seed)
    plans = [_plan(rows, tokenizer, recipe, number) for number, rows in enumerate(epochs)]
    total = min(sum(len(plan) for _, plan in plans), recipe.stop_after or math.inf)
    run = _start(network, recipe, folder)
    first = 0
    for number, (rows, (ids, plan)) in enumerate(zip(epochs, plans, strict=True)):
        for chosen in plan[max(run.step - first, 0) :] if run.step < first + len(plan) else []:
            if run.step >= total:
                break
            _step(run, [rows[i] for i in chosen], [ids[i] for i in chosen], heads, recipe, run.step / total)
            _note(run, int(total), folder, recipe)
        first += len(plan)
        if run.step == min(first, total):
            _save(run, folder)
            _with_average(run, lambda number=number: report(network, number))  # type: ignore[misc]
    _copy(run.averaged, network)
    return network


def _plan(
    rows: Sequence[Example], tokenizer: Any, recipe: Recipe, epoch: int
) -> tuple[list[list[int]], list[list[int]]]:
    ids = encode(rows, tokenizer)
    generator = random.Random(recipe.seed + epoch)  # noqa: S311 - an order, not a secret
    return ids, order([len(row) for row in ids], recipe.batch, generator)


def _start(network: Network, recipe: Recipe, folder: Path) -> Run:
    run = Run(network, _optimiser(network, recipe), [value.detach().clone() for value in network.parameters()])
    path = folder / "checkpoint.pt"
    if path.exists():
        state = torch.load(path, weights_only=True)
        network.load_state_dict(state["network"])
        run.optimiser.load_state_dict(state["optimiser"])
        run.averaged, run.step = state["averaged"], state["step"]
        torch.set_rng_state(state["random"])
        log.info("going on from step %d", run.step)
    return run


def _optimiser(network: Network, recipe: Recipe) -> torch.optim.AdamW:
    groups: list[dict[str, Any]] = []
    for name, value in network.named_parameters():
        rate = recipe.head_rate if name.startswith("heads.") else recipe.rate
        decay = recipe.decay if value.ndim > 1 else 0.0
        groups.append({"params": [value], "lr": rate, "peak": rate, "weight_decay": decay})
    return torch.optim.AdamW(groups, fused=True)


def _step(
    run: Run,
    rows: Sequence[Example],
    ids: Sequence[Sequence[int]],
    heads: Sequence[Head],
    recipe: Recipe,
    done: float,
) -> None:
    run.network.train()
    slope = min(done / recipe.warm_up, (1 - done) / (1 - recipe.warm_up))
    for group in run.optimiser.param_groups:
        group["lr"] = group["peak"] * (slope if done < recipe.warm_up else max(slope, recipe.floor))
    batch = collate(rows, ids, heads)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=recipe.bfloat16):
        logits = run.network(batch.input_ids, batch.attention_mask)
    loss(logits.float(), batch.targets, batch.weights, heads).backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(run.network.parameters(), recipe.clip)
    run.optimiser.step()
    run.optimiser.zero_grad(set_to_none=True)
    run.step += 1
    _average(run, recipe.average)


def _average(run: Run, keep: float) -> None:
    """Exponential moving average of the weights, short while there are few steps (Izmailov et al. 2018)."""
    share = 1 - min(keep, (1 + run.step) / (10 + run.step))
    with torch.no_grad():
        torch._foreach_lerp_(run.averaged, list(run.network.parameters()), share)  # type: ignore[arg-type]


def _note(run: Run, total: int, folder: Path, recipe: Recipe) -> None:
    if run.step % 50 == 0:
        log.info("step %d of %d, %s", run.step, total, time.strftime("%H:%M:%S"))
    if run.step % recipe.save_every == 0:
        _save(run, folder)


def _save(run: Run, folder: Path) -> None:
    """Write the checkpoint beside the old one, then put it in its place: never half a file."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(run.state(), folder / "checkpoint.tmp")
    (folder / "checkpoint.tmp").replace(folder / "checkpoint.pt")


def _copy(values: Sequence[torch.Tensor], network: Network) -> None:
    with torch.no_grad():
        for target, value in zip(network.parameters(), values, strict=True):
            target.copy_(value)


def _with_average(run: Run, act: Callable[[], None]) -> None:
    """Let `act` see the averaged weights, then put the trained ones back."""
    trained = [value.detach().clone() for value in run.network.parameters()]
    _copy(run.averaged, run.network)
    run.network.eval()
    act()
    _copy(trained, run.network)
