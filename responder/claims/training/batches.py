"""Drafts as padded tensors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from responder.claims.encoding import PAD, encode
from responder.claims.labels import FLAGS, STATES
from responder.claims.training.draft import Draft


@dataclass(slots=True)
class Batch:
    """``allowed``: (batch, clauses, states) 1 where a state may be the true one, all 0 for padding; ``flags`` 0/1;
    ``told``: (batch, clauses) 1 where the flags are known.
    """

    input_ids: Tensor
    attention_mask: Tensor
    share: Tensor
    allowed: Tensor
    flags: Tensor
    told: Tensor


def collate(drafts: Sequence[Draft], tokenizer: Any) -> Batch:
    """One batch; clauses beyond the longest input are left out."""
    rows = [encode(tokenizer, draft.premise, draft.reply, draft.spans) for draft in drafts]
    width = max(len(row.ids) for row in rows)
    deep = max(len(row.tokens) for row in rows)
    ids = torch.full((len(rows), width), PAD, dtype=torch.long)
    share = torch.zeros(len(rows), deep, width)
    allowed = torch.zeros(len(rows), deep, len(STATES))
    flags = torch.zeros(len(rows), deep, len(FLAGS))
    told = torch.zeros(len(rows), deep)
    for row_number, (row, draft) in enumerate(zip(rows, drafts, strict=True)):
        ids[row_number, : len(row.ids)] = torch.tensor(row.ids)
        for number, (first, last) in enumerate(row.tokens):
            if last <= first:
                continue
            share[row_number, number, first:last] = 1 / (last - first)
            for state in draft.states[number]:
                allowed[row_number, number, state] = 1
            told[row_number, number] = draft.labelled
            for flag in draft.flags[number]:
                flags[row_number, number, FLAGS.index(flag)] = 1
    return Batch(ids, (ids != PAD).long(), share, allowed, flags, told)


def loss(logits: Tensor, batch: Batch) -> Tensor:
    """Negative log chance of the states that may be true, plus that of the flags; mean over clauses."""
    logits = logits.float()
    states, flags = logits[..., : len(STATES)], logits[..., len(STATES) :]
    known = batch.allowed.sum(-1) > 0
    chance = (states.log_softmax(-1) + (batch.allowed + 1e-9).log()).logsumexp(-1)
    of_states = -(chance * known).sum() / known.sum().clamp(min=1)
    # A flag is set on one clause in thirty: without the weight it is learnt last.
    weight = torch.full((len(FLAGS),), 4.0)
    each = torch.nn.functional.binary_cross_entropy_with_logits(
        flags, batch.flags, reduction="none", pos_weight=weight
    ).sum(-1)
    return of_states + (each * batch.told).sum() / batch.told.sum().clamp(min=1)
