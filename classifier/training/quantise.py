"""8 bits: weights and activations of the matrix products, with ranges fixed beforehand.

Ranges that are measured at run time would make a post's reading depend on the posts beside it; fixed
ones do not, and lose less here. Before, each input channel of a product is divided by a factor that its
weights are multiplied with, so that a few wide channels do not cost the others their precision
(SmoothQuant, Xiao et al. 2023).
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)

Feed = Mapping[str, NDArray[np.int64]]
Array = NDArray[np.float32]

STRENGTH = 0.8
"""How much of an input's width moves into the weights: of 0.35 to 1.0, this came closest to 32 bits."""


def quantise(full: Path, small: Path, feeds: Sequence[Feed]) -> None:
    """Write the 8-bit form of `full` to `small`; `feeds` are model inputs like those it will meet."""
    with tempfile.TemporaryDirectory() as scratch:
        smooth, fixed = Path(scratch) / "smooth.onnx", Path(scratch) / "fixed.onnx"
        onnx.save(_smoothed(onnx.load(full), feeds), smooth)
        quantize_static(
            str(smooth),
            str(fixed),
            _Feeds(feeds),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            extra_options={"MatMulConstBOnly": True, "OpTypesToExcludeOutputQuantization": ["MatMul"]},
        )
        # The embedding table is looked up, not multiplied: 8 bits save 35 MB and cost next to nothing.
        unknown = {"DefaultTensorType": TensorProto.FLOAT}
        quantize_dynamic(
            str(fixed), str(small), op_types_to_quantize=["Gather"], weight_type=QuantType.QInt8, extra_options=unknown
        )


class _Feeds(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, feeds: Sequence[Feed]) -> None:
        self._feeds: Iterator[Feed] = iter(feeds)

    def get_next(self) -> Feed | None:
        return next(self._feeds, None)


def _smoothed(model: Any, feeds: Sequence[Feed]) -> Any:
    """Put a scaling before every product with constant weights and take it back in the weights."""
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    users: dict[str, list[Any]] = {}
    for node in model.graph.node:
        if node.op_type == "MatMul" and node.input[1] in weights:
            users.setdefault(node.input[0], []).append(node)
    widest = _widest(model, sorted(users), feeds)
    for name, nodes in users.items():
        factor = _factor(widest[name], [numpy_helper.to_array(weights[node.input[1]]) for node in nodes])
        _insert(model.graph, name, nodes, factor, weights)
    return model


def _factor(widest: Array, weights: Sequence[Array]) -> Array:
    heaviest = np.max([np.abs(weight).max(1) for weight in weights], axis=0)
    factor = np.maximum(widest, 1e-5) ** STRENGTH / np.maximum(heaviest, 1e-5) ** (1 - STRENGTH)
    return (factor / np.exp(np.log(factor).mean())).astype(np.float32)


def _insert(graph: Any, name: str, nodes: Sequence[Any], factor: Array, weights: Mapping[str, Any]) -> None:
    scaled = f"{name}_scaled"
    graph.initializer.append(numpy_helper.from_array(1 / factor, f"{name}_scale"))
    place = list(graph.node).index(nodes[0])
    graph.node.insert(place, helper.make_node("Mul", [name, f"{name}_scale"], [scaled], f"{name}_scaling"))
    for node in nodes:
        tensor = weights[node.input[1]]
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor) * factor[:, None], tensor.name))
        node.input[0] = scaled
        # Fused operators have no shape inference: say that these are numbers to be measured.
        for found in (scaled, node.output[0]):
            graph.value_info.append(helper.make_tensor_value_info(found, TensorProto.FLOAT, None))


def _widest(model: Any, names: Sequence[str], feeds: Sequence[Feed]) -> dict[str, Array]:
    """The largest absolute value of every channel of the named activations over all feeds."""
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    del probe.graph.output[:]
    probe.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    session = onnxruntime.InferenceSession(probe.SerializeToString(), providers=["CPUExecutionProvider"])
    found: dict[str, Array] = {}
    for feed in feeds:
        for name, value in zip(names, session.run(None, dict(feed)), strict=True):
            top = np.abs(value).reshape(-1, value.shape[-1]).max(0)
            found[name] = np.maximum(found.get(name, top), top)
    return found
