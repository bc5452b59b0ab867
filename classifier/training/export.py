"""From a trained network to a file that onnxruntime reads: operators fused, still 32 bits."""

import tempfile
from pathlib import Path

import torch
from torch import Tensor, nn

from classifier.training.network import Network


class _Exported(nn.Module):
    """The network with positional inputs, as the exporter wants them."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        features = self.network.features(input_ids, attention_mask)
        return self.network.heads(features), features


def export(network: Network, path: Path, *, attention_heads: int, hidden: int) -> None:
    """Write the network to `path`: inputs input_ids and attention_mask (rows, tokens), outputs logits and features."""
    with tempfile.TemporaryDirectory() as scratch:
        raw = Path(scratch) / "raw.onnx"
        _to_onnx(network.eval(), raw)
        _fuse(raw, path, attention_heads, hidden)


def _to_onnx(network: Network, path: Path) -> None:
    ids = torch.ones(2, 8, dtype=torch.int64)
    shape = {0: "rows", 1: "tokens"}
    torch.onnx.export(
        _Exported(network).eval(),
        (ids, ids),
        str(path),
        input_names=["input_ids", "attention_mask"],
        output_names=["logits", "features"],
        dynamic_axes={"input_ids": shape, "attention_mask": shape, "logits": {0: "rows"}, "features": {0: "rows"}},
        opset_version=17,
        dynamo=False,  # onnxruntime's fusion knows the patterns of the older exporter
    )


def _fuse(raw: Path, path: Path, attention_heads: int, hidden: int) -> None:
    """Join attention and GELU into single operators. The fused skip layer norm is slower than its parts."""
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    options = FusionOptions("bert")
    options.use_multi_head_attention = True
    options.enable_embed_layer_norm = False
    options.enable_skip_layer_norm = False
    options.enable_bias_skip_layer_norm = False
    fused = optimizer.optimize_model(
        str(raw), model_type="bert", num_heads=attention_heads, hidden_size=hidden, optimization_options=options
    )
    del fused.model.graph.value_info[:]  # shapes noted before the fusion no longer hold
    fused.save_model_to_file(str(path))
