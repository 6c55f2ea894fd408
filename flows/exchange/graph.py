"""Graph of an ONNX file."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy.typing as npt
import onnx
from google.protobuf.message import DecodeError
from onnx import AttributeProto, TensorProto, ValueInfoProto, helper, numpy_helper
from onnx.external_data_helper import load_external_data_for_model

from hdl.config import InputError, read_file

__all__ = ["Graph", "Node", "read_graph"]

#: Bytes of the largest file: a network of as many weights as a core can have, in single precision, is half of it.
_MOST_BYTES = 2**31 - 1

#: Oldest set of operators in which those that are imported mean what they do.
_OLDEST = 9

#: Names of the domain of ONNX' own operators, and the operators that have others.
_DOMAINS = ("", "ai.onnx")
_OF_QONNX = ("BipolarQuant", "Quant")

#: Types of the attributes that are read, whatever operator has them.
_TYPES = {
    **dict.fromkeys(("axes", "dilations", "kernel_shape", "pads", "perm", "strides"), AttributeProto.INTS),
    **dict.fromkeys(("allowzero", "axis", "ceil_mode", "group", "narrow", "signed", "to"), AttributeProto.INT),
    **dict.fromkeys(("end", "start", "training_mode", "transA", "transB"), AttributeProto.INT),
    **dict.fromkeys(("alpha", "beta", "epsilon", "ratio"), AttributeProto.FLOAT),
    **dict.fromkeys(("auto_pad", "mode", "rounding_mode"), AttributeProto.STRING),
}

#: Kinds of numbers in a tensor, as numpy calls them: floating point, integers, booleans.
_NUMBERS = "fiub"

Array = npt.NDArray[Any]

#: What numpy and onnx raise over tensors and attributes that contradict themselves.
_DAMAGE = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, MemoryError)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Node:
    """One operation."""

    name: str
    """Name and operator, for error messages."""

    operator: str
    """Operator."""

    inputs: tuple[str, ...]
    """Names of its tensors, empty where one is omitted."""

    outputs: tuple[str, ...]
    """Names of its results."""

    attributes: Mapping[str, Any]
    """Attributes: numbers, texts, lists and arrays."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Graph:
    """Operations between one input and one output."""

    opset: int
    """Version of the standard operators."""

    input: str
    """Name of the input."""

    shape: tuple[int, ...]
    """Its shape without the batch."""

    output: str
    """Name of the output."""

    constants: Mapping[str, Array]
    """Constants by name."""

    nodes: tuple[Node, ...]
    """Operations, each behind those whose results it takes."""


def read_graph(path: Path) -> Graph:
    """Return the graph in the file ``path``; data that are kept beside it are read as well.

    Raises
    ------
    InputError
        The file cannot be read, is damaged or no ONNX file, or its graph is not one of static shapes between one input
        and one output.
    """
    try:
        content = read_file(path, most=_MOST_BYTES)
    except OSError as error:
        raise InputError(f"{path}: must be a file that can be read, not {error.strerror!r}") from None
    try:
        model = onnx.load_model_from_string(content)
    # A recursion that is too deep is a RuntimeError or a DecodeError.
    except (DecodeError, RecursionError, *_DAMAGE):
        raise InputError(f"{path}: must be a whole ONNX file, not a damaged one or another") from None
    try:
        return _graph(model, path)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _graph(model: onnx.ModelProto, path: Path) -> Graph:
    if not model.graph.node:
        raise InputError("must be an ONNX file with a graph, not without any node")
    opset = _opset(model)
    if model.functions:
        raise InputError(f"functions must be inlined before, not be there as {model.functions[0].name!r} is")
    try:
        load_external_data_for_model(model, str(path.parent))
    except (OSError, onnx.checker.ValidationError, *_DAMAGE) as error:
        line = " ".join(str(error).split())
        raise InputError(
            f"external data must be in the files beside it that it names, and are not: {line:.200}"
        ) from None
    graph = model.graph
    if graph.sparse_initializer:
        raise InputError("weights must be dense, not sparse")
    constants = {each.name: _array(each, f"initializer {each.name!r}") for each in graph.initializer}
    inputs = [each for each in graph.input if each.name not in constants]
    if len(inputs) != 1:
        raise InputError(f"must have one input, not {len(inputs)} ({', '.join(each.name for each in inputs):.80})")
    if len(graph.output) != 1:
        names = ", ".join(each.name for each in graph.output)
        raise InputError(f"must have one output, the logits, not {len(graph.output)} ({names:.80})")
    return Graph(
        opset=opset,
        input=inputs[0].name,
        shape=_shape(inputs[0]),
        output=graph.output[0].name,
        constants=constants,
        nodes=tuple(_node(each) for each in graph.node),
    )


def _opset(model: onnx.ModelProto) -> int:
    versions = {each.domain: each.version for each in model.opset_import}
    newest = onnx.defs.onnx_opset_version()
    opset = versions.get("", versions.get("ai.onnx", 0))
    if not _OLDEST <= opset <= newest:
        raise InputError(f"opset must be between {_OLDEST} and {newest}, not {opset}: export it with such a version")
    return opset


def _shape(value: ValueInfoProto) -> tuple[int, ...]:
    """Return the shape without the batch, which may be of any size."""
    tensor = value.type.tensor_type
    if tensor.elem_type != TensorProto.FLOAT:
        raise InputError(f"input {value.name!r} must be of single precision (float32)")
    dimensions = [each.dim_value for each in tensor.shape.dim]
    if len(dimensions) < 2 or min(dimensions[1:]) < 1:
        shown = ", ".join(each.dim_param or str(each.dim_value) for each in tensor.shape.dim)
        raise InputError(
            f"input {value.name!r} must have a shape of numbers behind the batch, not ({shown:.80}): "
            "export without dynamic axes"
        )
    return tuple(dimensions[1:])


def _node(node: onnx.NodeProto) -> Node:
    name = f"node {node.name or (node.output[0] if node.output else '')!r} ({node.op_type})"
    if node.domain not in _DOMAINS and node.op_type not in _OF_QONNX:
        raise InputError(f"{name}: domain must be that of ONNX, not {node.domain!r:.80}")
    try:
        attributes = {each.name: _attribute(each, name) for each in node.attribute}
    except InputError:
        raise
    except _DAMAGE as error:
        raise InputError(f"{name}: attributes must be whole, not damaged ({error!s:.80})") from None
    return Node(
        name=name,
        operator=node.op_type,
        inputs=tuple(node.input),
        outputs=tuple(node.output),
        attributes=attributes,
    )


def _attribute(attribute: onnx.AttributeProto, name: str) -> Any:
    wanted = _TYPES.get(attribute.name, attribute.type)
    if attribute.type != wanted:
        kinds = AttributeProto.AttributeType
        raise InputError(f"{name}: {attribute.name} must be {kinds.Name(wanted)}, not {kinds.Name(attribute.type)}")
    value = helper.get_attribute_value(attribute)
    if isinstance(value, TensorProto):
        return _array(value, f"{name}: {attribute.name}")
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _array(tensor: TensorProto, name: str) -> Array:
    try:
        found = numpy_helper.to_array(tensor)
    except _DAMAGE as error:
        line = " ".join(str(error).split())
        raise InputError(f"{name} must be a whole tensor, not a damaged one ({line:.80})") from None
    if found.dtype.kind not in _NUMBERS:
        raise InputError(f"{name} must hold integers or numbers of half to double precision, not {found.dtype}")
    return found
