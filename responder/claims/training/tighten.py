"""The last step after 8 bits: the same judgement from fewer operators and fewer tokens.

One reply is read at a time, so attention needs no mask. Biases stand where onnxruntime joins them with the product
before. And of the last layer only the first token and those of the clauses are looked at: it computes only these.
"""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

FUSED = "com.microsoft"
"""The domain of onnxruntime's own operators."""

SEEN = "seen"
"""The numbers of the tokens that are looked at in the end."""


def tighten(path: Path) -> Path:
    """Rewrite the 8-bit file `path` in place and return it; a file that is tight already stays as it is."""
    model = onnx.load(path)
    graph = model.graph
    if all(given.name != "attention_mask" for given in graph.input):
        return path
    layers = [node for node in graph.node if node.op_type == "MultiHeadAttention"]
    for attention in layers:
        _plain(graph, attention)
    for gelu in [node for node in graph.node if node.op_type == "BiasGelu"]:
        _add(graph, gelu, 0, gelu.input[1])
        del gelu.input[1:]
        gelu.op_type = "Gelu"
    _narrow(graph, layers[-1])
    _sweep(graph)
    onnx.save(model, path)
    return path


def _plain(graph: Any, attention: Any) -> None:
    """Attention without mask, its biases added before."""
    tensor = next(tensor for tensor in graph.initializer if tensor.name == attention.input[3])
    for place, bias in enumerate(np.split(numpy_helper.to_array(tensor), 3)):
        name = f"{tensor.name}_{place}"
        graph.initializer.append(numpy_helper.from_array(bias, name))
        _add(graph, attention, place, name)
    del attention.input[3:]


def _add(graph: Any, node: Any, place: int, bias: str) -> None:
    """Add a constant to an input of `node`."""
    name = f"{node.input[place]}_with_bias"
    _insert(graph, node, helper.make_node("Add", [node.input[place], bias], [name], name))
    node.input[place] = name


def _narrow(graph: Any, attention: Any) -> None:
    """The last layer asks and answers for the seen tokens alone; it still attends to all of them."""
    asking = _maker(graph, attention.input[0])
    while asking.op_type != "MatMulInteger":
        asking = _maker(graph, asking.input[0])
    hidden = _maker(graph, asking.input[0]).input[0]
    later = next(node for node in graph.node if node.op_type == "Add" and hidden in node.input)
    _only(graph, asking, asking.input[0], 1)
    _only(graph, later, hidden, 1)
    for node in [node for node in graph.node if "share" in node.input]:
        _only(graph, node, "share", 2)
    _count(graph)


def _only(graph: Any, node: Any, name: str, axis: int) -> None:
    """`node` is given the seen tokens of an input."""
    few = f"{name}_{SEEN}"
    if _maker(graph, few) is None:
        _insert(graph, node, helper.make_node("Gather", [name, SEEN], [few], few, axis=axis))
    node.input[list(node.input).index(name)] = few


def _count(graph: Any) -> None:
    """The first token, and every one in which a clause has a share."""
    for name, values in (("axes", [0, 1]), ("flat", [-1]), ("first", [0])):
        graph.initializer.append(numpy_helper.from_array(np.array(values, np.int64), f"{SEEN}_{name}"))
    steps = [
        helper.make_node("ReduceSum", ["share", f"{SEEN}_axes"], [f"{SEEN}_sum"], keepdims=0),
        helper.make_node("NonZero", [f"{SEEN}_sum"], [f"{SEEN}_places"]),
        helper.make_node("Reshape", [f"{SEEN}_places", f"{SEEN}_flat"], [f"{SEEN}_clauses"]),
        helper.make_node("Concat", [f"{SEEN}_first", f"{SEEN}_clauses"], [SEEN], axis=0),
    ]
    for place, step in enumerate(steps):
        graph.node.insert(place, step)


def _maker(graph: Any, name: str) -> Any:
    return next((node for node in graph.node if name in node.output), None)


def _insert(graph: Any, before: Any, new: Any) -> None:
    graph.node.insert(list(graph.node).index(before), new)


def _sweep(graph: Any) -> None:
    """Drop what nothing uses any more: operators, constants and inputs."""
    wanted = {output.name for output in graph.output}
    for node in reversed(list(graph.node)):  # they stand in the order of their work
        if wanted.isdisjoint(node.output):
            graph.node.remove(node)
        else:
            wanted.update(node.input)
    for kept in (graph.initializer, graph.input):
        for tensor in [tensor for tensor in kept if tensor.name not in wanted]:
            kept.remove(tensor)
