"""From a trained network to the file that is shipped: ONNX, 8 bits."""

import tempfile
from pathlib import Path

import torch

from responder.claims.training.network import ClaimNetwork
from responder.claims.training.tighten import tighten


def export(network: ClaimNetwork, full: Path, *, attention_heads: int, hidden: int) -> None:
    """Write 32-bit `full`: inputs input_ids, attention_mask (1, tokens), share (1, clauses, tokens); output logits."""
    network.encoder.set_attn_implementation("eager")  # the attention that onnxruntime's fusion knows
    with tempfile.TemporaryDirectory() as scratch:
        raw = Path(scratch) / "raw.onnx"
        ids = torch.ones(1, 8, dtype=torch.int64)
        share = torch.full((1, 2, 8), 1 / 8)
        torch.onnx.export(
            network.eval(),
            (ids, ids, share),
            str(raw),
            input_names=["input_ids", "attention_mask", "share"],
            output_names=["logits"],
            dynamic_axes={
                "input_ids": {1: "tokens"},
                "attention_mask": {1: "tokens"},
                "share": {1: "clauses", 2: "tokens"},
                "logits": {1: "clauses"},
            },
            opset_version=17,
            dynamo=False,  # onnxruntime's fusion knows the patterns of the older exporter
        )
        _fuse(raw, full, attention_heads, hidden)


def quantise(full: Path, small: Path) -> None:
    """Write the 8-bit form: weights per channel, activations measured as they come; the embedding table too.

    The file has no input attention_mask any more: `tighten`.
    """
    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        str(full),
        str(small),
        op_types_to_quantize=["MatMul", "Gather"],
        weight_type=QuantType.QInt8,
        per_channel=True,
        extra_options={"MatMulConstBOnly": True, "DefaultTensorType": TensorProto.FLOAT},
    )
    tighten(small)


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
