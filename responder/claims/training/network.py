"""The claim model: an encoder over premise and reply, pooled clause by clause."""

from pathlib import Path

import torch
from torch import Tensor, nn

from responder.claims.labels import FLAGS, STATES


class ClaimNetwork(nn.Module):
    """Token ids of `<s> premise </s> reply </s>` and a clause-by-token share in; logits of states and flags out."""

    def __init__(self, encoder: nn.Module, hidden: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Sequential(
            nn.Linear(3 * hidden, hidden), nn.GELU(), nn.Dropout(0.1), nn.Linear(hidden, len(STATES) + len(FLAGS))
        )

    def forward(self, input_ids: Tensor, attention_mask: Tensor, share: Tensor) -> Tensor:
        """(batch, tokens) twice, (batch, clauses, tokens) with rows that sum to 1 → (batch, clauses, width)."""
        told = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state.to(share.dtype)
        mean = share @ told
        far = (share <= 0).to(told.dtype).unsqueeze(-1) * -1e4
        most = (told.unsqueeze(1) + far).amax(2)
        whole = told[:, :1].expand_as(mean)
        return self.head(torch.cat([mean, most, whole], -1))


def load_encoder(folder: Path, layers: int = 0) -> tuple[nn.Module, int]:
    """A BERT encoder from a Hugging Face folder and its width; `layers` keeps the first so many.

    Upper layers are the ones that can go at little cost (Sajjad et al. 2023, "On the effect of dropping layers").
    """
    from transformers import AutoModel

    encoder = AutoModel.from_pretrained(
        folder,
        attn_implementation="sdpa",
        attention_probs_dropout_prob=0.0,
        hidden_dropout_prob=0.0,
        add_pooling_layer=False,
    )
    if 0 < layers < len(encoder.encoder.layer):
        encoder.encoder.layer = encoder.encoder.layer[:layers]
        encoder.config.num_hidden_layers = layers
    return encoder, encoder.config.hidden_size
