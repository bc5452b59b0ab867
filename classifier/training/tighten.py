"""The last step after 8 bits: the same network in fewer and cheaper operators.

Quantisation leaves scales and biases as operators of their own, each a walk through the whole batch; here they move
into the products, where they cost nothing. And the mask goes: the rows of one batch have the same length
(`classifier.models.bundled.batches`), so nothing is to be hidden, and attention without a mask is a faster one. All of
it is exact but for the rounding of last bits.
"""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

FUSED = "com.microsoft"
"""The domain of onnxruntime's own operators."""

BIAS = 6
"""Which input of MatMulIntegerToFloat is the bias; 3 is the weights' scale."""


def tighten(path: Path) -> Path:
    """Rewrite the 8-bit file `path` in place and return it; a file that is tight already stays as it is."""
    model = onnx.load(path)
    graph = _Graph(model.graph)
    for node in graph.nodes("MatMul"):
        _integer(graph, node)
    for node in graph.nodes("MatMulIntegerToFloat"):
        _with_bias(graph, node)
    for node in graph.nodes("MultiHeadAttention"):
        _plain(graph, node)
    for node in graph.nodes("Div"):
        _mean(graph, node)
    graph.sweep()
    onnx.save(model, path)
    return path


class _Graph:
    """Who makes and who uses what in an onnx graph, and its constants by name."""

    def __init__(self, graph: Any) -> None:
        self._graph = graph
        self._constants = {tensor.name: tensor for tensor in graph.initializer}

    def nodes(self, kind: str) -> list[Any]:
        return [node for node in self._graph.node if node.op_type == kind]

    def maker(self, name: str) -> Any:
        return next((node for node in self._graph.node if name in node.output), None)

    def users(self, name: str) -> list[Any]:
        return [node for node in self._graph.node if name in node.input]

    def constant(self, name: str) -> NDArray[Any] | None:
        return numpy_helper.to_array(self._constants[name]) if name in self._constants else None

    def keep(self, name: str, value: NDArray[Any]) -> str:
        """Add a constant."""
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        self._graph.initializer.append(self._constants[name])
        return name

    def replace(self, node: Any, kind: str, inputs: list[str], domain: str = "", **attributes: Any) -> None:
        """Another operator in the place of `node`, with its output."""
        place = list(self._graph.node).index(node)
        new = helper.make_node(kind, inputs, list(node.output), node.name, domain=domain, **attributes)
        self._graph.node.remove(node)
        self._graph.node.insert(place, new)

    def absorb(self, node: Any, user: Any) -> None:
        """`node` does the work of its only `user` as well."""
        node.output[0] = user.output[0]
        self._graph.node.remove(user)

    def sweep(self) -> None:
        """Drop what nothing uses any more: operators, constants and inputs."""
        wanted = {output.name for output in self._graph.output}
        for node in reversed(list(self._graph.node)):  # they stand in the order of their work
            if wanted.isdisjoint(node.output):
                self._graph.node.remove(node)
            else:
                wanted.update(node.input)
        for kept in (self._graph.initializer, self._graph.input):
            for tensor in [tensor for tensor in kept if tensor.name not in wanted]:
                kept.remove(tensor)


def _integer(graph: _Graph, node: Any) -> None:
    """A product between two DequantizeLinear → one of 8-bit numbers; onnxruntime would do it, but adds no bias."""
    left, right = (graph.maker(name) for name in node.input)
    if left is None or right is None or {left.op_type, right.op_type} != {"DequantizeLinear"}:
        return
    inputs = [left.input[0], right.input[0], left.input[1], right.input[1], left.input[2], right.input[2]]
    graph.replace(node, "MatMulIntegerToFloat", inputs, FUSED)


def _with_bias(graph: _Graph, node: Any) -> None:
    """A product takes up the bias that is added to it alone."""
    users = graph.users(node.output[0])
    if len(users) != 1 or len(node.input) > BIAS:
        return
    user = users[0]
    for name in user.input:
        value = graph.constant(name)
        if user.op_type in {"Add", "BiasGelu"} and value is not None and value.ndim == 1:
            _bias(node, name)
            if user.op_type == "Add":
                graph.absorb(node, user)
            else:
                graph.replace(user, "Gelu", [node.output[0]], FUSED)


def _bias(node: Any, name: str) -> None:
    node.input.extend([""] * (BIAS - len(node.input)) + [name])


def _plain(graph: _Graph, node: Any) -> None:
    """Attention without bias and mask; the scaling after it moves into the values."""
    biases = graph.constant(node.input[3]) if len(node.input) > 3 else None
    if biases is not None:
        for name, bias in zip(node.input[:3], np.split(biases, 3), strict=True):
            _bias(graph.maker(name), graph.keep(f"{name}_bias", bias))
    del node.input[3:]
    users = graph.users(node.output[0])
    factor = graph.constant(users[0].input[1]) if len(users) == 1 and users[0].op_type == "Mul" else None
    if factor is not None:
        values = graph.maker(node.input[2])
        for place in (3, BIAS):
            scaled = graph.constant(values.input[place]) * factor
            values.input[place] = graph.keep(f"{values.input[place]}_scaled", scaled)
        graph.absorb(node, users[0])


def _mean(graph: _Graph, node: Any) -> None:
    """The mean over what the mask leaves → the mean over all tokens."""
    total = graph.maker(node.input[0])
    if total is not None and total.op_type == "ReduceSum":
        hidden = graph.maker(total.input[0]).input[0]
        graph.replace(node, "ReduceMean", [hidden], axes=[1], keepdims=0)
