"""The network: one shared encoder, all heads as one linear layer over its first and mean vectors."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from classifier.heads import Head, slices, width

HEAD_WEIGHTS: Mapping[str, float] = {"intents": 0.4, "impact": 0.5, "about": 0.5, "irony": 0.5}
"""Share of a head in the loss, 1 unless named. Intents have ten labels, summed."""

SMOOTHING = 0.05


class Network(nn.Module):
    """Encoder, mean and first vector side by side, dropout, one linear layer for all heads."""

    def __init__(self, encoder: nn.Module, hidden: int, heads: Sequence[Head], dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.Linear(2 * hidden, width(heads))

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Token ids and mask, both (rows, tokens) int64 → logits (rows, width of all heads)."""
        logits: Tensor = self.heads(self.dropout(self.features(input_ids, attention_mask)))
        return logits

    def features(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """(rows, 2 x hidden): what the heads look at."""
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        return torch.cat([hidden[:, 0], mean], dim=1)


def loss(logits: Tensor, targets: Tensor, weights: Tensor, heads: Sequence[Head]) -> Tensor:
    """Mean over rows of the weighted losses of the heads that have an answer.

    `logits` and `targets` are (rows, width), `weights` (rows, heads). A target is a probability for each
    label; NaN means that nobody answered.
    """
    total = logits.new_zeros(())
    places = slices(heads)
    for number, head in enumerate(heads):
        place = places[head.name]
        each = _multi_loss if head.multi else _choice_loss
        rows = each(logits[:, place], targets[:, place])
        total = total + HEAD_WEIGHTS.get(head.name, 1.0) * (rows * weights[:, number]).sum()
    return total / len(logits)


def _multi_loss(logits: Tensor, targets: Tensor) -> Tensor:
    known = ~targets.isnan()
    losses = functional.binary_cross_entropy_with_logits(logits, targets.nan_to_num(), reduction="none")
    return (losses * known).sum(1)


def _choice_loss(logits: Tensor, targets: Tensor) -> Tensor:
    known = ~targets[:, 0].isnan()
    smooth = targets.nan_to_num() * (1 - SMOOTHING) + SMOOTHING / targets.shape[1]
    losses: Tensor = -(smooth * logits.log_softmax(1)).sum(1)
    return losses * known
