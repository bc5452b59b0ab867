"""The claim model's way from a network to the file that is shipped."""

import numpy as np
import pytest

from responder.claims.labels import FLAGS, STATES


def test_the_tightened_file_says_what_the_loose_one_said(tmp_path):
    for name in ("torch", "onnx", "onnxscript", "transformers"):
        pytest.importorskip(name, reason="the extra [torch] is not installed")
    import onnxruntime
    import torch
    import transformers

    from responder.claims.training.export import export, quantise
    from responder.claims.training.network import ClaimNetwork
    from responder.claims.training.tighten import tighten

    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=40, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64
    )
    network = ClaimNetwork(transformers.BertModel(config, add_pooling_layer=False), 32)
    full, tight = tmp_path / "full.onnx", tmp_path / "tight.onnx"
    export(network, full, attention_heads=4, hidden=32)
    quantise(full, tight)
    ids = np.random.default_rng(0).integers(5, 40, (1, 20))
    share = np.zeros((1, 2, 20), np.float32)
    share[0, 0, 11:14], share[0, 1, 14:19] = 1 / 3, 1 / 5
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "share": share}
    said = onnxruntime.InferenceSession(full).run(["logits"], feed)[0]
    del feed["attention_mask"]
    again = onnxruntime.InferenceSession(tight).run(["logits"], feed)[0]
    assert said.shape == (1, 2, len(STATES) + len(FLAGS))
    assert np.abs(said - again).max() < 0.1 * np.abs(said).max()
    done = tight.read_bytes()
    assert tighten(tight).read_bytes() == done
