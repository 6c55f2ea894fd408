"""Graphs as exporters write them, small and with random numbers."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

DOMAIN = "qonnx.custom_op.general"
OPSETS = (helper.make_opsetid("", 20), helper.make_opsetid(DOMAIN, 2))


class GraphBuilder:
    """Chain of nodes; each call adds one behind the last, with constants as further inputs."""

    def __init__(self, shape, seed=0):
        self.random = np.random.default_rng(seed)
        self.nodes, self.constants = [], []
        self.input = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
        self.last = "x"

    def constant(self, value, dtype=np.float32):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype=dtype), name))
        return name

    def node(self, operator, *inputs, first=None, **attributes):
        output = f"t{len(self.nodes)}"
        names = [self.last if first is None else first, *inputs]
        domain = DOMAIN if "Quant" in operator else ""
        self.nodes.append(
            helper.make_node(
                operator, names, [output], name=f"{operator}_{len(self.nodes)}", domain=domain, **attributes
            )
        )
        self.last = output
        return output

    def weights(self, *shape):
        """Return the name of a tensor of weights ±1 behind their quantizer."""
        latent, before = self.constant(self.random.normal(size=shape)), self.last
        made = self.node("BipolarQuant", self.constant(1.0), first=latent)
        self.last = before
        return made

    def sign(self, scale=1.0):
        return self.node("BipolarQuant", self.constant([scale]))

    def dense(self, inputs, outputs, scale=1.0):
        made, before = self.weights(outputs, inputs), self.last
        if scale != 1.0:
            made = self.node("Mul", self.constant(scale), first=made)
        made = self.node("Transpose", first=made, perm=[1, 0])
        self.last = before
        return self.node("MatMul", made)

    def gemm(self, inputs, outputs, bias=False):
        more = [self.constant(self.random.normal(size=outputs))] if bias else []
        return self.node("Gemm", self.weights(outputs, inputs), *more, transB=1)

    def convolve(self, channels, outputs, kernel=3, **attributes):
        return self.node("Conv", self.weights(outputs, channels, kernel, kernel), **attributes)

    def norm(self, channels, gamma=None):
        drawn = self.random.normal(size=(3, channels)) * [[1], [0.2], [1]]
        drawn[0] = drawn[0] if gamma is None else gamma
        numbers = [self.constant(each) for each in (*drawn, self.random.uniform(1, 9, channels))]
        return self.node("BatchNormalization", *numbers, epsilon=1e-5)

    def tensor_norm(self, factor):
        for operator, value in (("Sub", [0.3]), ("Div", [5.7]), ("Mul", [factor]), ("Add", [0.11])):
            self.node(operator, self.constant(value))

    def model(self, output=None, opsets=OPSETS, outputs=None):
        names = [self.last if output is None else output] if outputs is None else outputs
        values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names]
        graph = helper.make_graph(self.nodes, "net", [self.input], values, self.constants)
        return helper.make_model(graph, opset_imports=opsets, ir_version=9)


def dense_graph(seed=0, bits=None, factor=-0.47, shape=(1, 4, 6), drop=None, late_drop=None, batch=1):
    """Return a network of 24-9-7-5: bipolar inputs, or ``bits`` of an integer quantizer."""
    build = GraphBuilder((batch, *shape), seed)
    build.node("Reshape", build.constant([batch, -1], np.int64), allowzero=1)
    build.node("Mul", build.constant(2.0))
    build.node("Sub", build.constant([1.0]))
    if bits is None:
        build.sign()
    else:
        build.node("Quant", *(build.constant(each) for each in (2.0 ** (1 - bits), 0.0, bits)), signed=1, narrow=0)
    if drop is not None:
        build.node("Dropout", build.constant(drop))
    build.dense(24, 9)
    build.norm(9)
    build.sign(0.5)
    if drop is not None:
        build.node("Dropout", build.constant(drop))
    build.gemm(9, 7, bias=True)
    build.norm(7)
    build.sign()
    if late_drop is not None:
        build.node("Dropout", build.constant(late_drop))
    build.dense(7, 5, scale=0.25)
    build.tensor_norm(factor)
    return build


def deep_graph():
    """Return a network of 24-6-6-6-4."""
    build = GraphBuilder((1, 24))
    build.sign()
    for inputs in (24, 6, 6):
        build.dense(inputs, 6)
        build.norm(6)
        build.sign()
    build.dense(6, 4)
    return build


def dynamic_graph(seed=0, sliced=False):
    """Return a network whose batch has no size, so that its shape is computed in the graph."""
    build = GraphBuilder(("batch", 2, 4, 3), seed)
    if sliced:
        batch = build.node("Shape", end=1)
    else:
        shape = build.node("Shape")
        batch = build.node("Gather", build.constant(0, np.int64), first=shape, axis=0)
        batch = build.node("Unsqueeze", build.constant([0], np.int64), first=batch)
    size = build.node("Concat", build.constant([-1], np.int64), first=batch, axis=0)
    build.last = "x"
    build.node("Reshape", size)
    build.sign()
    build.gemm(24, 9)
    build.norm(9)
    build.sign()
    build.gemm(9, 4)
    return build


def convolution_graph(seed=0, padded=False, pool_first=False, batch=1):
    """Return a network with two convolutions and a maximum, on images of 2 × 10 × 10 with 8 bits."""
    build = GraphBuilder((batch, 2, 10, 10), seed)
    build.node("Mul", build.constant(2.0))
    build.node("Sub", build.constant([1.0]))
    build.node("Quant", *(build.constant(each) for each in (2.0**-7, 0.0, 8.0)), signed=1, narrow=0)
    build.convolve(2, 6)
    build.norm(6, gamma=np.abs(build.random.normal(size=6)) if pool_first else None)
    if pool_first:
        # The maximum is of real numbers.
        build.node("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
        build.node("Mul", build.constant(0.5))
        build.sign()
    else:
        build.sign()
        build.node("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    if padded:
        build.node("Pad", build.constant([0, 0, 1, 1, 0, 0, 1, 1], np.int64), build.constant(-1.0))
    build.convolve(6, 5)
    build.norm(5)
    build.sign()
    side = 4 if padded else 2
    build.node("Flatten")
    build.gemm(5 * side * side, 8)
    build.norm(8)
    build.sign()
    build.gemm(8, 4)
    build.tensor_norm(0.9)
    return build
