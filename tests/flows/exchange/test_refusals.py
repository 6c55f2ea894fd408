"""Graphs that no core can have, and files that are none: one line each."""

import re

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from .graphs import DOMAIN, GraphBuilder, convolution_graph, dense_graph


def layer(build, inputs, outputs):
    build.dense(inputs, outputs)
    build.norm(outputs)
    build.sign()


def started():
    build = GraphBuilder((1, 24))
    build.sign()
    return build


def with_node(operator, *shapes, **attributes):
    """Return a network with a further node behind its first sign."""
    build = started()
    layer(build, 24, 8)
    build.node(operator, *(build.constant(np.ones(shape)) for shape in shapes), **attributes)
    build.dense(8, 4)
    return build.model()


def with_weights(change):
    build = started()
    layer(build, 24, 8)
    weights = np.where(build.random.normal(size=(8, 4)) >= 0, 1.0, -1.0)
    change(weights)
    build.node("MatMul", build.constant(weights))
    return build.model()


def zero(weights):
    weights[3, 2] = 0


def mixed(weights):
    weights[3, 2] *= 2


def not_a_number(weights):
    weights[0, 0] = np.nan


def unquantized():
    build = GraphBuilder((1, 24))
    build.dense(24, 8)
    return build.model()


def without_sign():
    build = started()
    build.dense(24, 8)
    build.norm(8)
    build.dense(8, 4)
    return build.model()


def two_norms():
    build = started()
    build.dense(24, 8)
    build.norm(8)
    build.norm(8)
    build.sign()
    build.dense(8, 4)
    return build.model()


def ending_in(operator, **attributes):
    build = dense_graph()
    build.node(operator, **attributes)
    return build.model()


def branched():
    build = started()
    layer(build, 24, 8)
    kept = build.last
    layer(build, 8, 8)
    build.node("Add", kept)
    build.dense(8, 4)
    return build.model()


def skipped():
    build = started()
    layer(build, 24, 8)
    kept = build.last
    layer(build, 8, 8)
    build.last = kept
    build.dense(8, 4)
    return build.model()


def two_outputs():
    build = dense_graph()
    return build.model(outputs=["t5", build.last])


def dynamic():
    model = dense_graph().model()
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_param = "height"
    return model


def two_inputs():
    model = dense_graph().model()
    model.graph.input.append(helper.make_tensor_value_info("y", TensorProto.FLOAT, [1]))
    return model


def integers():
    model = dense_graph().model()
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.UINT8
    return model


def of_opset(version):
    return dense_graph().model(opsets=(helper.make_opsetid("", version), helper.make_opsetid(DOMAIN, 2)))


def external():
    model = dense_graph().model()
    weights = model.graph.initializer[0]
    onnx.external_data_helper.set_external_data(weights, "weights.bin", offset=0, length=8)
    weights.ClearField("raw_data")
    weights.data_location = TensorProto.EXTERNAL
    return model


def short_tensor():
    model = dense_graph().model()
    for each in model.graph.initializer:
        each.raw_data = each.raw_data[:-1]
    return model


def convolution(**attributes):
    build = GraphBuilder((1, 2, 8, 8))
    build.sign()
    build.convolve(2, 4, **attributes)
    return build.model()


def even():
    build = GraphBuilder((1, 2, 8, 8))
    build.sign()
    build.convolve(2, 4, kernel=2)
    return build.model()


def wide_pool():
    build = GraphBuilder((1, 2, 8, 8))
    build.sign()
    build.convolve(2, 4)
    build.node("MaxPool", kernel_shape=[3, 3], strides=[3, 3])
    return build.model()


def negative_pool():
    build = convolution_graph(pool_first=True)
    (factor,) = (node.input[1] for node in build.nodes if node.op_type == "Mul" and node.name == "Mul_7")
    (place,) = (index for index, each in enumerate(build.constants) if each.name == factor)
    build.constants[place].CopyFrom(onnx.numpy_helper.from_array(np.float32(-0.5).reshape(()), factor))
    return build.model()


def padded_with_zero():
    build = convolution_graph(padded=True)
    pad = next(node for node in build.nodes if node.op_type == "Pad")
    (place,) = (index for index, each in enumerate(build.constants) if each.name == pad.input[2])
    build.constants[place].CopyFrom(onnx.numpy_helper.from_array(np.zeros((), dtype=np.float32), pad.input[2]))
    return build.model()


def padded_without_a_value():
    """The value is left out, which is 0, and something stands behind it."""
    build = convolution_graph(padded=True)
    pad = next(node for node in build.nodes if node.op_type == "Pad")
    pad.input[2] = ""
    return build.model()


def padded_along_axes():
    build = convolution_graph(padded=True)
    pad = next(node for node in build.nodes if node.op_type == "Pad")
    pad.input[2] = ""
    pad.input.append(build.constant([0, 1, 2, 3], np.int64))
    return build.model()


def of_a_stranger():
    model = dense_graph().model()
    node = next(each for each in model.graph.node if each.op_type == "BatchNormalization")
    node.domain = "com.stranger"
    return model


def mapped_output():
    build = GraphBuilder((1, 2, 8, 8))
    build.sign()
    build.convolve(2, 4)
    return build.model()


def training():
    model = dense_graph().model()
    for node in model.graph.node:
        if node.op_type == "BatchNormalization":
            node.attribute.append(helper.make_attribute("training_mode", 1))
    return model


def scale_zero():
    build = started()
    build.dense(24, 8)
    build.sign(0.0)
    return build.model()


def deep_quant():
    build = started()
    layer(build, 24, 8)
    build.node("Quant", *(build.constant(each) for each in (0.5, 0.0, 4.0)))
    build.dense(8, 4)
    return build.model()


def wide_input():
    build = GraphBuilder((1, 24))
    build.node("Quant", *(build.constant(each) for each in (0.5, 0.0, 12.0)), signed=1)
    build.dense(24, 4)
    return build.model()


def one_layer():
    build = started()
    build.dense(24, 4)
    return build.model()


def huge():
    build = dense_graph()
    for _ in range(9):
        build.node("Mul", build.constant(1e38))
    return build.model()


def scaled(factor):
    build = dense_graph()
    build.node("Mul", build.constant(factor))
    return build.model()


def with_text():
    model = dense_graph().model()
    model.graph.initializer.append(helper.make_tensor("text", TensorProto.STRING, [1], [b"a"]))
    return model


def with_attribute(operator, name, value):
    model = convolution_graph().model()
    (node, *_) = (each for each in model.graph.node if each.op_type == operator)
    for place, each in enumerate(node.attribute):
        if each.name == name:
            del node.attribute[place]
            break
    node.attribute.append(helper.make_attribute(name, value))
    return model


def shaped(value):
    build = GraphBuilder((1, 24))
    build.node("Reshape", build.constant(value, np.float32))
    build.sign()
    return build.model()


def function():
    model = dense_graph().model()
    model.functions.append(
        helper.make_function("local", "f", ["a"], ["b"], [helper.make_node("Neg", ["a"], ["b"])], model.opset_import)
    )
    return model


#: Graphs, and how the line about each goes on behind the name of the node.
REFUSED = [
    (lambda: with_node("Relu"), "Relu_6", "the operator must be one that a core has, not Relu: activations are signs"),
    (lambda: with_node("LSTM"), "LSTM_6", "the operator must be one that a core has, not LSTM: Conv, MatMul, "),
    (
        lambda: ending_in("Softmax"),
        "Softmax_21",
        "the operator must .* not Softmax: leave it out: the core has the logits",
    ),
    (lambda: with_weights(zero), "MatMul_6", r"weights must be bipolar, .* not with 0$"),
    (lambda: with_weights(mixed), "MatMul_6", r"weights must be bipolar, .* not with several magnitudes$"),
    (lambda: with_weights(not_a_number), "MatMul_6", r"weights must be bipolar, "),
    (unquantized, "MatMul_2", r"the input must be quantized to 1 to 8 bits before the first product"),
    (without_sign, "MatMul_7", r"there must be a sign \(BipolarQuant\) between two products$"),
    (two_norms, "BatchNormalization_5", r"a batch norm must not follow another one without a sign between them$"),
    (branched, "Add_11", r"one of its inputs must be a constant: layers follow each other, without branches$"),
    (skipped, "MatMul_13", r"layers must follow each other, without branches$"),
    (
        lambda: convolution(pads=[1, 1, 1, 1]),
        "Conv_2",
        r"pads must be 0, which is none of ±1: pad with the lowest value",
    ),
    (lambda: convolution(auto_pad="SAME_UPPER"), "Conv_2", r"pads must be 0, "),
    (lambda: convolution(dilations=[2, 2]), "Conv_2", r"dilations must be 1, not \[2, 2\]$"),
    (lambda: convolution(strides=[3, 3]), "Conv_2", r"strides must be 1 or 2 in both directions, not \[3, 3\]$"),
    (lambda: convolution(group=2), "Conv_2", r"group must be 1, not 2$"),
    (even, "Conv_2", r"windows must be square with an odd side, not 2 × 2$"),
    (wide_pool, "MaxPool_3", r"squares must be of 2 × 2, 2 apart, not of \[3, 3\], \[3, 3\] apart$"),
    (negative_pool, "Mul_7", r"a factor must not be negative behind a maximum"),
    (padded_with_zero, "Pad_8", r"the border must be -1, the lowest value, not 0: the core has no other$"),
    (padded_without_a_value, "Pad_8", r"the border must be -1, the lowest value, not 0: the core has no other$"),
    (padded_along_axes, "Pad_8", r"it must have no axes$"),
    (of_a_stranger, "BatchNormalization_7", r"domain must be that of ONNX, not 'com\.stranger'$"),
    (training, "BatchNormalization_7", r"it must have its running statistics: export in evaluation mode"),
    (scale_zero, "BipolarQuant_4", r"a scale must be greater than 0, not 0\.0$"),
    (deep_quant, "Quant_6", r"activations must be of 1 bit \(BipolarQuant\); only the input may have more$"),
    (lambda: with_attribute("MaxPool", "strides", "two"), "MaxPool_7", r"strides must be INTS, not STRING$"),
    (
        lambda: with_attribute("BatchNormalization", "epsilon", "e"),
        "BatchNormalization_5",
        r"epsilon must be FLOAT, not ",
    ),
    (lambda: with_attribute("MaxPool", "kernel_shape", [2]), "MaxPool_7", r"squares must be of 2 × 2, 2 apart, "),
    (lambda: shaped([np.nan, 1]), "Reshape_0", r"sizes and axes must be integers, not float32$"),
    (wide_input, "Quant_0", r"bits of an input must be between 2 and 8, not 12$"),
]

#: Graphs, and the line about each behind the name of the file.
OTHERS = [
    (two_outputs, r"must have one output, the logits, not 2 \(t5, t20\)$"),
    (two_inputs, r"must have one input, not 2 \(x, y\)$"),
    (
        dynamic,
        r"input 'x' must have a shape of numbers behind the batch, not \(1, 1, height, 6\): export without dynamic ",
    ),
    (integers, r"input 'x' must be of single precision \(float32\)$"),
    (lambda: of_opset(999), r"opset must be between 9 and \d+, not 999: export it with such a version$"),
    (lambda: of_opset(6), r"opset must be between 9 and \d+, not 6: "),
    (external, r"external data must be in the files beside it that it names, and are not: "),
    (short_tensor, r"initializer 'c0' must be a whole tensor, not a damaged one "),
    (function, r"functions must be inlined before, not be there as 'f' is$"),
    (mapped_output, r"output 't2': the output must be of a dense layer, not of a convolution$"),
    (huge, r"output 't29': the logits must be less than 2\^22: divide them at the end$"),
    (
        lambda: scaled(1e10),
        r"output 't21': the logits must be less than 2\^22, not \d\.\d+e\+09: divide them at the end$",
    ),
    (lambda: scaled(1e-10), r"output 't21': some logits must differ by 2\^−23, not by \d\.\d+e-12 at most: multiply "),
    (
        lambda: scaled(0.0),
        r"output 't21': some logits must differ by 2\^−23, not by 0 at most: multiply them at the end$",
    ),
    (with_text, r"initializer 'text' must hold integers or numbers of half to double precision, not "),
    (one_layer, r"output 't3': there must be a hidden layer, not the last one alone$"),
    (onnx.ModelProto, r"must be an ONNX file with a graph, not without any node$"),
]


@pytest.fixture
def line(refused, tmp_path, monkeypatch):
    """Import a model, which must be refused without any file; return the line."""
    monkeypatch.chdir(tmp_path)

    def import_of(content):
        (tmp_path / "net.onnx").write_bytes(content)
        found = refused("import", "net.onnx", "-o", "out")
        assert [each.name for each in tmp_path.iterdir()] == ["net.onnx"]
        return found

    return import_of


@pytest.mark.parametrize(("make", "node", "reason"), REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_nodes(line, make, node, reason):
    found = line(make().SerializeToString())
    start = f"net.onnx: node {node!r} ({node.rpartition('_')[0]}): "
    assert found.startswith(start)
    assert re.match(reason, found.removeprefix(start)), found


@pytest.mark.parametrize(("make", "reason"), OTHERS)
def test_graphs(line, make, reason):
    found = line(make().SerializeToString())
    assert re.match(reason, found.removeprefix("net.onnx: ")), found


def test_files(line, refused, tmp_path):
    whole = dense_graph().model().SerializeToString()
    for content in (b"no ONNX file at all", whole[: len(whole) // 2], b"\xff" * 100, b""):
        assert line(content) in (
            "net.onnx: must be a whole ONNX file, not a damaged one or another",
            "net.onnx: must be an ONNX file with a graph, not without any node",
        )
    assert (
        refused("import", "none.onnx") == "none.onnx: must be a file that can be read, not 'No such file or directory'"
    )
    assert refused("import", tmp_path).endswith(": must be a file that can be read, not 'Is a directory'")
