"""Rows to padded tensors, grouped by length so that little is padding."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from classifier.heads import Head, slices, width
from classifier.training.examples import Example

_POOL = 50
"""Batches that are sorted by length together: short enough to stay random, long enough to save padding."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Token ids and mask (rows, tokens); targets (rows, width), NaN where unknown; weights (rows, heads)."""

    input_ids: Tensor
    attention_mask: Tensor
    targets: Tensor
    weights: Tensor


def load_tokenizer(path: Path, max_len: int) -> Tokenizer:
    """The tokenizer file with truncation to `max_len` tokens and no padding."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_len)
    return tokenizer


def encode(rows: Sequence[Example], tokenizer: Tokenizer) -> list[list[int]]:
    """Token ids of every row."""
    return [encoding.ids for encoding in tokenizer.encode_batch([row.text for row in rows])]


def order(lengths: Sequence[int], size: int, generator: random.Random) -> list[list[int]]:
    """Row numbers in batches of `size`, random but with rows of like length together."""
    numbers = list(range(len(lengths)))
    generator.shuffle(numbers)
    batches: list[list[int]] = []
    for start in range(0, len(numbers), size * _POOL):
        pool = sorted(numbers[start : start + size * _POOL], key=lengths.__getitem__)
        batches += [pool[i : i + size] for i in range(0, len(pool), size)]
    generator.shuffle(batches)
    return batches


def collate(rows: Sequence[Example], ids: Sequence[Sequence[int]], heads: Sequence[Head]) -> Batch:
    """Pad to the longest row and lay the answers out as the loss wants them."""
    longest = max(len(row) for row in ids)
    padded = torch.zeros(len(ids), longest, dtype=torch.int64)
    for number, row in enumerate(ids):
        padded[number, : len(row)] = torch.tensor(row)
    lengths = torch.tensor([len(row) for row in ids]).unsqueeze(1)
    mask = (torch.arange(longest).unsqueeze(0) < lengths).to(torch.int64)
    return Batch(padded, mask, targets(rows, heads), _weights(rows, heads))


def targets(rows: Sequence[Example], heads: Sequence[Head]) -> Tensor:
    """(rows, width): a probability for each label, NaN where nobody answered."""
    found = torch.full((len(rows), width(heads)), torch.nan)
    places = slices(heads)
    for number, row in enumerate(rows):
        for name, answer in row.answers.items():
            place = places[name]
            if isinstance(answer, int):
                found[number, place] = 0.0
                found[number, place.start + answer] = 1.0
            else:
                found[number, place] = torch.tensor(answer)
    return found


def _weights(rows: Sequence[Example], heads: Sequence[Head]) -> Tensor:
    return torch.tensor([[row.weight * row.weights.get(head.name, 1.0) for head in heads] for row in rows])


def plain_batches(ids: Sequence[Sequence[int]], size: int) -> Iterator[tuple[list[int], Tensor, Tensor]]:
    """Row numbers, ids and mask of every row, longest batch first, for measuring."""
    numbers = sorted(range(len(ids)), key=lambda number: -len(ids[number]))
    for start in range(0, len(numbers), size):
        chosen = numbers[start : start + size]
        batch = collate([], [ids[number] for number in chosen], ())
        yield chosen, batch.input_ids, batch.attention_mask
