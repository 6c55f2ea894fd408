"""Arithmetic on the constants of a graph."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import helper

from golden.interchange import refuse

from .graph import Node

__all__ = ["OPERATORS", "axes_of", "compute", "integers_of", "reshaped", "squeezed", "unsqueezed"]

Array = npt.NDArray[Any]

#: Values of the largest constant.
_MOST_VALUES = 2**28

#: What numpy raises over shapes, axes and types that do not fit.
_MISFITS = (ValueError, TypeError, KeyError, IndexError, OverflowError)


def compute(node: Node, values: Sequence[Array | None]) -> Array:
    """Return the result of ``node``, whose operator is one of :data:`OPERATORS`, on constants.

    Raises
    ------
    InputError
        They do not fit it.
    """
    given = [each for each in values if each is not None]
    try:
        if _size(node, given) > _MOST_VALUES:
            refuse(node.name, f"constants must have at most {_MOST_VALUES} values")
        with np.errstate(all="ignore"):
            return np.asarray(OPERATORS[node.operator](node, given))
    except _MISFITS as error:
        refuse(node.name, f"constants must fit the operator ({' '.join(str(error).split()):.80})")


def reshaped(x: npt.NDArray, shape: Sequence[int], keep_zeros: bool) -> npt.NDArray:
    """Return ``x`` in a ``shape`` of ONNX, in which −1 is what is left, and 0 the dimension as it was."""
    return x.reshape([size if size or keep_zeros else x.shape[place] for place, size in enumerate(shape)])


def squeezed(x: npt.NDArray, axes: Sequence[int]) -> npt.NDArray:
    """Return ``x`` without dimensions of size 1, all of them where ``axes`` has none."""
    return np.squeeze(x, tuple(axes) or None)


def unsqueezed(x: npt.NDArray, axes: Sequence[int]) -> npt.NDArray:
    """Return ``x`` with further dimensions of size 1."""
    return np.expand_dims(x, tuple(axes))


def _size(node: Node, values: Sequence[Array]) -> int:
    """Return how many values the result has at most."""
    if node.operator == "Concat":
        return sum(each.size for each in values)
    if node.operator == "Gather":
        return math.prod(each.size for each in values)
    if node.operator in _BROADCAST:
        return math.prod(np.broadcast_shapes(*(each.shape for each in values)))
    return max((each.size for each in values), default=0)


def axes_of(node: Node, values: Sequence[Array]) -> list[int]:
    """Return the axes of a (un)squeeze, an input since opset 13 and an attribute before."""
    return integers_of(node, values[1]) if len(values) > 1 else list(node.attributes.get("axes", ()))


def integers_of(node: Node, constant: Array) -> list[int]:
    """Return the integers of a constant that holds sizes or axes."""
    if constant.dtype.kind not in "iu":
        refuse(node.name, f"sizes and axes must be integers, not {constant.dtype}")
    return [int(each) for each in constant.reshape(-1)]


def _constant(node: Node, values: Sequence[Array]) -> Array:
    for name, found in node.attributes.items():
        if name.startswith("value"):
            kind = np.int64 if name.startswith("value_int") else np.float32
            return found if isinstance(found, np.ndarray) else np.array(found, dtype=kind)
    raise ValueError("no value")


def _bipolar(node: Node, values: Sequence[Array]) -> Array:
    return np.where(values[0] >= 0, np.float32(1), np.float32(-1)) * values[1]


def _cast(node: Node, values: Sequence[Array]) -> Array:
    return values[0].astype(helper.tensor_dtype_to_np_dtype(node.attributes["to"]))


def _concatenate(node: Node, values: Sequence[Array]) -> Array:
    return np.concatenate(values, axis=node.attributes["axis"])


def _gather(node: Node, values: Sequence[Array]) -> Array:
    return np.take(values[0], values[1].astype(np.int64), axis=node.attributes.get("axis", 0))


def _reshape(node: Node, values: Sequence[Array]) -> Array:
    return reshaped(values[0], integers_of(node, values[1]), bool(node.attributes.get("allowzero", 0)))


#: Operators of two constants whose shapes may differ.
_BROADCAST = ("Add", "BipolarQuant", "Div", "Mul", "Pow", "Sub")


def _of_two(operation: Callable[[Any, Any], Any]) -> Callable[[Node, Sequence[Array]], Array]:
    return lambda node, values: operation(values[0], values[1])


#: Operators on constants.
OPERATORS: dict[str, Callable[[Node, Sequence[Array]], Array]] = {
    "Add": _of_two(np.add),
    "BipolarQuant": _bipolar,
    "Cast": _cast,
    "Concat": _concatenate,
    "Constant": _constant,
    "Div": _of_two(np.divide),
    "Gather": _gather,
    "Identity": lambda node, values: values[0],
    "Mul": _of_two(np.multiply),
    "Neg": lambda node, values: -values[0],
    "Pow": _of_two(np.power),
    "Reciprocal": lambda node, values: np.reciprocal(values[0]),
    "Reshape": _reshape,
    "Sqrt": lambda node, values: np.sqrt(values[0]),
    "Squeeze": lambda node, values: squeezed(values[0], axes_of(node, values)),
    "Sub": _of_two(np.subtract),
    "Transpose": lambda node, values: np.transpose(values[0], node.attributes.get("perm")),
    "Unsqueeze": lambda node, values: unsqueezed(values[0], axes_of(node, values)),
}
