"""Operators of a graph, folded into a network."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from golden.interchange import Folding, ForeignNetwork, IntegerQuantizer, Traced, refuse
from hdl.config import InputError

from .constants import OPERATORS as ON_CONSTANTS
from .constants import axes_of, compute, integers_of, reshaped, squeezed, unsqueezed
from .graph import Graph, Node

__all__ = ["OPERATORS", "fold"]

Array = npt.NDArray[Any]
Value = Traced | Array

#: Operators that people use and a core has not, and what would do instead.
_INSTEAD: Mapping[str, str] = {
    **dict.fromkeys(
        ("Relu", "LeakyRelu", "Sigmoid", "Tanh", "HardTanh", "Clip", "Sign", "MultiThreshold", "Trunc"),
        "activations are signs: a QuantIdentity of 1 bit (BipolarQuant)",
    ),
    **dict.fromkeys(("Softmax", "LogSoftmax", "ArgMax", "TopK"), "leave it out: the core has the logits"),
    **dict.fromkeys(
        ("AveragePool", "GlobalAveragePool", "GlobalMaxPool", "ReduceMean", "QuantAvgPool2d"),
        "take MaxPool of 2 × 2, or a flattened map",
    ),
    "InstanceNormalization": "take BatchNormalization",
    "LayerNormalization": "take BatchNormalization",
    "If": "export without conditions",
    "Loop": "export without loops",
}

_OTHERWISE = (
    "Conv, MatMul, Gemm, BatchNormalization, BipolarQuant, MaxPool, Mul, Add, Sub, Div, Pad, Dropout, Reshape, "
    "Flatten, Transpose are"
)

#: Side and distance of the squares of a maximum.
_POOL = 2


def fold(graph: Graph) -> ForeignNetwork:
    """Return the network of ``graph``.

    Raises
    ------
    InputError
        A node cannot be had in a core; the line begins with its name and operator.
    """
    folding = Folding(graph.shape)
    values: dict[str, Value] = {**graph.constants, graph.input: folding.input}
    for node in graph.nodes:
        missing = [name for name in node.inputs if name and name not in values]
        if missing:
            refuse(node.name, f"its input must be a result of a node before it, not {missing[0]!r}")
        given = [values[name] if name else None for name in node.inputs]
        if len(node.outputs) < 1:
            refuse(node.name, "it must have an output")
        values[node.outputs[0]] = _result(folding, node, given)
    if graph.output not in values:
        raise InputError(f"output must be the result of a node, not {graph.output!r}")
    logits = values[graph.output]
    if not isinstance(logits, Traced):
        raise InputError(f"output must depend on the input, and {graph.output!r} does not")
    return folding.finish(logits, name=f"output {graph.output!r}")


def _result(folding: Folding, node: Node, given: Sequence[Value | None]) -> Value:
    if any(isinstance(each, Traced) for each in given):
        if node.operator not in OPERATORS:
            instead = _INSTEAD.get(node.operator, f"{_OTHERWISE} supported")
            refuse(node.name, f"the operator must be one that a core has, not {node.operator}: {instead}")
        if node.operator != "Shape" and not isinstance(given[0], Traced) and node.operator not in _EITHER_SIDE:
            refuse(node.name, "its first input must depend on the network's input, and only that one")
        others = given[1:] if isinstance(given[0], Traced) else given[:1]
        if any(isinstance(each, Traced) for each in others):
            refuse(node.name, "one of its inputs must be a constant: layers follow each other, without branches")
        least, most = _INPUTS.get(node.operator, (1, 3))
        if not least <= len([each for each in given if each is not None]) <= most:
            count = str(least) if least == most else f"{least} to {most}"
            refuse(node.name, f"it must have {count} inputs, not {len(given)}")
        return OPERATORS[node.operator](folding, node, given)
    if node.operator not in ON_CONSTANTS:
        refuse(node.name, f"an operator on constants must be one of {', '.join(ON_CONSTANTS)}, not {node.operator}")
    return compute(node, [each for each in given if not isinstance(each, Traced)])


def _traced(given: Sequence[Value | None]) -> Traced:
    (found,) = (each for each in given if isinstance(each, Traced))
    return found


def _constants(given: Sequence[Value | None]) -> list[Array]:
    return [each for each in given if each is not None and not isinstance(each, Traced)]


def _constant(given: Sequence[Value | None], place: int) -> Array | None:
    """Return the constant at a place, None where it is left out."""
    value = given[place] if place < len(given) else None
    return None if isinstance(value, Traced) else value


def _real(given: Sequence[Value | None]) -> Array:
    """Return the constant of two operands in double precision, which holds every value of single precision."""
    return _constants(given)[0].astype(np.float64)


def _add(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    return folding.add(_traced(given), _real(given), name=node.name)


def _multiply(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    return folding.multiply(_traced(given), _real(given), name=node.name)


def _subtract(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    constant = _real(given)
    if isinstance(given[0], Traced):
        return folding.add(given[0], -constant, name=node.name)
    return folding.add(_negate(folding, node, given), constant, name=node.name)


def _negate(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    return folding.multiply(_traced(given), np.float32(-1) * np.ones((), dtype=np.float32), name=node.name)


def _divide(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    if not isinstance(given[0], Traced):
        refuse(node.name, "a constant divided by a tensor has no place in a core")
    return folding.divide(given[0], _real(given), name=node.name)


def _normalize(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    if node.attributes.get("training_mode", 0):
        refuse(node.name, "it must have its running statistics: export in evaluation mode (training_mode 0)")
    return folding.normalize(
        _traced(given), _constants(given), float(node.attributes.get("epsilon", np.float32(1e-5))), name=node.name
    )


def _sign(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    return folding.sign(_traced(given), _constants(given)[0], name=node.name)


def _quantize(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    numbers = _constants(given)
    if any(each.size != 1 for each in numbers):
        refuse(node.name, "scale, zero point and bit width must be one number each")
    scale, zero, bits = (float(each.reshape(-1)[0]) for each in numbers)
    if not (zero.is_integer() and bits.is_integer()):
        refuse(node.name, f"zero point and bit width must be integers, not {zero:g} and {bits:g}")
    try:
        quantizer = IntegerQuantizer(
            scale=np.float32(scale),
            zero=int(zero),
            bits=int(bits),
            signed=bool(node.attributes.get("signed", 1)),
            narrow=bool(node.attributes.get("narrow", 0)),
            rounding=str(node.attributes.get("rounding_mode", "ROUND")),
        )
    except InputError as error:
        if _traced(given).stage == "real":
            refuse(node.name, str(error))
        refuse(node.name, "activations must be of 1 bit (BipolarQuant); only the input may have more")
    return folding.quantize(_traced(given), quantizer, name=node.name)


def _multiply_matrix(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    (weights,) = _constants(given)
    if weights.ndim != 2:
        refuse(node.name, f"weights must have 2 dimensions, not {weights.ndim}")
    return folding.dense(_traced(given), weights.T, name=node.name)


def _general_matrix(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    weights, *bias = _constants(given)
    if weights.ndim != 2 or node.attributes.get("transA", 0):
        refuse(node.name, "it must be x W or x Wᵀ with W of 2 dimensions")
    found = folding.dense(_traced(given), weights if node.attributes.get("transB", 0) else weights.T, name=node.name)
    found = folding.multiply(found, np.array(node.attributes.get("alpha", 1.0)), name=node.name)
    beta = np.float64(node.attributes.get("beta", 1.0))
    return folding.add(found, bias[0].astype(np.float64) * beta, name=node.name) if bias else found


def _convolve(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    weights, *bias = _constants(given)
    if weights.ndim != 4:
        refuse(node.name, f"weights must have 4 dimensions, those of images, not {weights.ndim}")
    _check_window(
        node, weights.shape[2:], "pad with the lowest value by a Pad in front of it, or train without padding"
    )
    strides = node.attributes.get("strides", [1, 1])
    if node.attributes.get("group", 1) != 1:
        refuse(node.name, f"group must be 1, not {node.attributes['group']}")
    if len(set(strides)) != 1 or strides[0] not in (1, 2):
        refuse(node.name, f"strides must be 1 or 2 in both directions, not {strides}")
    kernel = weights.shape[2]
    if kernel % 2 == 0 or weights.shape[2] != weights.shape[3]:
        refuse(node.name, f"windows must be square with an odd side, not {weights.shape[2]} × {weights.shape[3]}")
    found = folding.convolve(_traced(given), weights, strides[0], name=node.name)
    return folding.add(found, bias[0].reshape(1, -1, 1, 1), name=node.name) if bias else found


def _pool(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    kernel, strides = node.attributes.get("kernel_shape", []), node.attributes.get("strides", [1, 1])
    _check_window(node, kernel, "take squares that lie side by side")
    if list(kernel) != [_POOL, _POOL] or list(strides) != [_POOL, _POOL]:
        refuse(node.name, f"squares must be of 2 × 2, 2 apart, not of {kernel}, {strides} apart")
    return folding.pool(_traced(given), name=node.name)


def _check_window(node: Node, kernel: Sequence[int], instead: str) -> None:
    if any(node.attributes.get("pads", ())) or node.attributes.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        refuse(node.name, f"pads must be 0, which is none of ±1: {instead}")
    if any(each != 1 for each in node.attributes.get("dilations", ())):
        refuse(node.name, f"dilations must be 1, not {node.attributes['dilations']}")
    if list(node.attributes.get("kernel_shape", kernel)) != list(kernel):
        refuse(node.name, f"kernel_shape must be {list(kernel)}, not {node.attributes['kernel_shape']}")


def _pad(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    x, places, low = _traced(given), _constant(given, 1), _constant(given, 2)
    pads = integers_of(node, places) if places is not None else list(node.attributes.get("pads", ()))
    value = float(low.reshape(-1)[0]) if low is not None and low.size else 0.0
    if len(given) > 3:
        refuse(node.name, "it must have no axes")
    if node.attributes.get("mode", "constant") != "constant" or len(pads) != 8 or x.elements.ndim != 4:
        refuse(node.name, "it must pad a map of 4 dimensions with a constant")
    border = pads[2]
    if pads != [0, 0, border, border] * 2 or border < 0:
        refuse(node.name, f"it must pad all four sides of a map by the same, not by {pads}")
    return folding.pad(x, int(border), value, name=node.name) if border else x


def _drop(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    own = _constant(given, 1)
    ratio = own.reshape(-1)[:1].tolist() if own is not None else [node.attributes.get("ratio", 0.5)]
    return folding.drop(_traced(given), float(ratio[0]) if ratio else 0.5, name=node.name)


def _same(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    return _traced(given)


def _cast(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    # 1 and 11 are single and double precision: both hold every value of a layer.
    if node.attributes.get("to") not in (1, 11) or _traced(given).stage == "real":
        refuse(node.name, "values must stay in single precision")
    return _traced(given)


def _shape(folding: Folding, node: Node, given: Sequence[Value | None]) -> Array:
    return np.array(_traced(given).elements.shape)[node.attributes.get("start", 0) : node.attributes.get("end")]


def _reshape(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    shape = integers_of(node, _constants(given)[0])
    keep = bool(node.attributes.get("allowzero", 0))
    return folding.rearrange(_traced(given), lambda x: reshaped(x, shape, keep), name=node.name)


def _flatten(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    if node.attributes.get("axis", 1) != 1:
        refuse(node.name, f"axis must be 1, not {node.attributes['axis']}")
    return folding.rearrange(_traced(given), lambda x: x.reshape(x.shape[0], -1), name=node.name)


def _transpose(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    order = node.attributes.get("perm")
    return folding.rearrange(_traced(given), lambda x: np.transpose(x, order), name=node.name)


def _squeeze(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    axes = axes_of(node, [np.empty(0), *_constants(given)])
    return folding.rearrange(_traced(given), lambda x: squeezed(x, axes), name=node.name)


def _unsqueeze(folding: Folding, node: Node, given: Sequence[Value | None]) -> Traced:
    axes = axes_of(node, [np.empty(0), *_constants(given)])
    return folding.rearrange(_traced(given), lambda x: unsqueezed(x, axes), name=node.name)


#: Operators on what depends on the input.
OPERATORS: dict[str, Callable[[Folding, Node, Sequence[Value | None]], Value]] = {
    "Add": _add,
    "BatchNormalization": _normalize,
    "BipolarQuant": _sign,
    "Cast": _cast,
    "Conv": _convolve,
    "Div": _divide,
    "Dropout": _drop,
    "Flatten": _flatten,
    "Gemm": _general_matrix,
    "Identity": _same,
    "MatMul": _multiply_matrix,
    "MaxPool": _pool,
    "Mul": _multiply,
    "Neg": _negate,
    "Pad": _pad,
    "Quant": _quantize,
    "Reshape": _reshape,
    "Shape": _shape,
    "Squeeze": _squeeze,
    "Sub": _subtract,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}

#: Those whose second input may be the one that depends on the input.
_EITHER_SIDE = ("Add", "Div", "Mul", "Sub")

#: Least and most inputs, where they are not one to three.
_INPUTS = {
    **dict.fromkeys(("Add", "BipolarQuant", "Div", "MatMul", "Mul", "Reshape", "Sub"), (2, 2)),
    "BatchNormalization": (5, 5),
    "Conv": (2, 3),
    "Gemm": (2, 3),
    "Quant": (4, 4),
}
