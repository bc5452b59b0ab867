"""The training loop: as many steps as the given time allows, with a learning rate that falls to zero at the end."""

import logging
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from responder.claims.training import batches
from responder.claims.training.compose import Composer
from responder.claims.training.draft import Draft
from responder.claims.training.network import ClaimNetwork

log = logging.getLogger(__name__)

_POOL = 8  # batches drawn together and cut by length, so that little is spent on padding


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train. ``minutes`` is the whole; the published pairs fade out over the first ``paired`` of it."""

    minutes: float = 20
    batch: int = 16
    rate: float = 1.2e-4
    head_rate: float = 6e-4
    warm_up: float = 0.04
    level: float = 0.5
    """From this share of the time on the rate falls."""
    paired: float = 0.6
    pairs_share: float = 0.5
    clip: float = 1.0
    seed: int = 20261122
    bfloat16: bool = True


def fit(
    network: ClaimNetwork,
    composer: Composer,
    pairs: Iterator[Draft] | None,
    tokenizer: Any,
    recipe: Recipe,
    save: Path,
    report: Callable[[ClaimNetwork, float], None] = lambda _network, _done: None,
) -> None:
    """Train in place. The weights stand in `save` after every tenth of the time; `report` then sees the network."""
    optimiser = _optimiser(network, recipe)
    begun, step, told = time.monotonic(), 0, 0.1
    running = 0.0
    stream = _batches(composer, pairs, recipe, lambda: (time.monotonic() - begun) / 60 / recipe.minutes)
    while (done := (time.monotonic() - begun) / 60 / recipe.minutes) < 1:
        for group, peak in zip(optimiser.param_groups, (recipe.rate, recipe.head_rate), strict=True):
            group["lr"] = peak * _share(done, recipe)
        batch = batches.collate(next(stream), tokenizer)
        with torch.autocast("cpu", torch.bfloat16, enabled=recipe.bfloat16):
            logits = network(batch.input_ids, batch.attention_mask, batch.share)
        value = batches.loss(logits, batch)
        value.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), recipe.clip)
        optimiser.step()
        optimiser.zero_grad()
        step += 1
        running = 0.95 * running + 0.05 * float(value.detach()) if step > 1 else float(value.detach())
        if step % 50 == 0:
            log.info("step %d, %.0f %% of the time, loss %.3f", step, 100 * done, running)
        if done >= told:
            told += 0.1
            torch.save(network.state_dict(), save)
            network.eval()
            report(network, done)
            network.train()
    torch.save(network.state_dict(), save)


def _optimiser(network: ClaimNetwork, recipe: Recipe) -> torch.optim.AdamW:
    groups = [
        {"params": list(network.encoder.parameters()), "lr": recipe.rate},
        {"params": list(network.head.parameters()), "lr": recipe.head_rate},
    ]
    return torch.optim.AdamW(groups, weight_decay=0.01)


def _share(done: float, recipe: Recipe) -> float:
    """Share of the peak rate: a short rise, a level, and a straight fall to zero."""
    if done < recipe.warm_up:
        return (done + 1e-3) / recipe.warm_up
    return min(1.0, max(0.0, (1 - done) / (1 - recipe.level)))


def _batches(
    composer: Composer, pairs: Iterator[Draft] | None, recipe: Recipe, done: Callable[[], float]
) -> Iterator[list[Draft]]:
    chance = random.Random(recipe.seed)  # noqa: S311 - seeded randomness, not security
    while True:
        share = recipe.pairs_share * max(0.0, 1 - done() / recipe.paired) if pairs else 0.0
        ours = [composer.draw() for _ in range(recipe.batch * _POOL)]
        theirs = [next(pairs) for _ in range(round(recipe.batch * _POOL * share * 2))] if pairs else []
        cut: list[list[Draft]] = []
        for held, size in ((ours, recipe.batch), (theirs, recipe.batch * 2)):
            ranked = sorted(held, key=lambda draft: len(draft.premise) + len(draft.reply))
            cut += [ranked[start : start + size] for start in range(0, len(ranked), size)]
        chance.shuffle(cut)
        yield from cut
