"""Imported networks against the executor of QONNX."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.util.cleanup import cleanup_model

from flows.exchange.graph import read_graph
from flows.exchange.operators import fold
from golden.interchange import logit_error, to_document, to_program
from golden.model import core_model
from hdl.config import CoreConfig

from .graphs import convolution_graph, dense_graph, dynamic_graph

EXAMPLES = Path(__file__).parents[3] / "examples/brevitas"

#: Rounding of the executor's last affine in single precision.
EXECUTOR = 1e-5

#: Rounding of this file's own arithmetic in double precision.
ROUNDING = 1e-12


def imported(path, **options):
    network = fold(read_graph(path))
    config = CoreConfig.from_document(to_document(network, name="net", like=None, method="none", drops=(), **options))
    return network, to_program(network, config)


def compare(path, x, batched=None):
    """Compare golden with QONNX on real inputs ``x``: sums of the last layer exactly, logits within the rounding told.

    ``batched`` is the same network for all of ``x`` at once; without it they go one by one.
    Return the logits of golden.
    """
    network, program = imported(path)
    found = core_model(program).logits(torch.from_numpy(network.coding.pixels(x)))[:, 0].numpy()
    model = cleanup_model(ModelWrapper(str(path if batched is None else batched)))
    names = model.graph.input[0].name, model.graph.output[0].name
    parts = [x] if batched is not None else np.split(x, len(x))
    expected = np.concatenate([execute_onnx(model, {names[0]: part})[names[1]] for part in parts]).astype(np.float64)
    bound = logit_error(network, program)
    corrections = zip(network.layers[-1].lines, program.gains, program.offsets, program.shifts, strict=True)
    for index, (line, gain, offset, shift) in enumerate(corrections):
        slope, constant = line.slope.a, line.offset.a
        for value, logit in zip(expected[:, index].tolist(), found[:, index].tolist(), strict=True):
            z = round((value - float(constant)) / float(slope))
            exact = slope * z + constant
            # The executor's logit is that of an integer z, and golden's is the same z in its own format.
            assert abs(value - exact) < EXECUTOR * max(1, abs(value))
            assert logit == (int(gain) * z + int(offset) + (1 << int(shift) >> 1)) >> int(shift)
            assert abs(Fraction(logit, 2**program.config.logits.fraction) - exact) <= bound + ROUNDING
    return found


def saved(build, path, **options):
    onnx.save(build(**options).model(), path)
    return path


def compare_at_once(build, tmp_path, x, **options):
    return compare(
        saved(build, tmp_path / "net.onnx", **options),
        x,
        saved(build, tmp_path / "batched.onnx", **options, batch=len(x)),
    )


def patches(seed, count, shape):
    """Return images of patches with one value each, which are less alike to a network than noise of every position."""
    channels, height, width = shape
    coarse = images(seed, count, (channels, height // 4, width // 4))
    return coarse.repeat(4, axis=2).repeat(4, axis=3)


def images(seed, count, shape):
    return np.random.default_rng(seed).random((count, *shape), dtype=np.float32)


@pytest.mark.parametrize(
    ("seed", "options"),
    [(seed, {}) for seed in range(4)]
    + [(4, {"bits": 8}), (5, {"bits": 3}), (6, {"factor": 0.8}), (7, {"shape": (24,)}), (8, {"drop": 0.3})],
)
def test_dense(tmp_path, seed, options):
    """Batch norms and last scales of both signs, scaled weights and activations, biases, both products."""
    x = images(seed, 40, options.get("shape", (1, 4, 6)))
    logits = compare_at_once(dense_graph, tmp_path, x, seed=seed, **options)
    assert len(np.unique(logits, axis=0)) > 3


@pytest.mark.parametrize("sliced", [False, True])
def test_a_batch_without_size(tmp_path, sliced):
    """It is computed in the graph, of which the network is the same."""
    path = tmp_path / "net.onnx"
    onnx.save(dynamic_graph(sliced=sliced).model(), path)
    network, program = imported(path)
    x = images(0, 30, (2, 4, 3)) - np.float32(0.5)
    logits = core_model(program).logits(torch.from_numpy(network.coding.pixels(x)))[:, 0].numpy()
    # In the order of the channels, as the graph flattens.
    hidden = np.sign(x.reshape(30, -1))
    assert network.layers[0].weights.shape == (9, 24)
    order = np.arange(24).reshape(4, 3, 2).transpose(2, 0, 1).reshape(-1)
    sums = hidden @ (2.0 * network.layers[0].weights[:, order] - 1).T
    wanted = np.array(
        [[line.at(int(z)) >= 0 for line, z in zip(network.layers[0].lines, one, strict=True)] for one in sums]
    )
    last = (2.0 * wanted - 1) @ (2.0 * network.layers[1].weights - 1).T
    assert np.array_equal(last, logits / 2**program.config.logits.fraction)


@pytest.mark.parametrize("options", [{}, {"padded": True}, {"pool_first": True}])
def test_convolutions(tmp_path, options):
    """Pixels of 8 bits, a maximum before and behind the sign, a border, and a map that is flattened."""
    logits = compare_at_once(convolution_graph, tmp_path, images(3, 40, (2, 10, 10)), seed=3, **options)
    assert len(np.unique(logits, axis=0)) > 3


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.onnx")), ids=lambda path: path.stem)
def test_networks_of_brevitas(path):
    """As both exporters of PyTorch write them."""
    shape = read_graph(path).shape
    compare(path, patches(1, 3, shape))


@pytest.mark.parametrize("exporters", [("torchscript", "dynamo")])
def test_exporters_agree(exporters):
    """The same network in two files is the same Program but for its origin."""
    for name in ("tfc_1w1a", "narrow_cnv_1w1a"):
        first, second = (imported(EXAMPLES / f"{name}_{each}.onnx")[1].to_bytes() for each in exporters)
        assert first == second


def test_a_tie_fires(tmp_path):
    """A batch norm that is exactly 0 gives +1, whatever the sign of its factor."""
    path = tmp_path / "net.onnx"
    model = dense_graph(0).model()
    (norm, *_) = (node for node in model.graph.node if node.op_type == "BatchNormalization")
    for place, value in ((1, [1, -1] * 4 + [0]), (2, [0] * 9), (3, [0] * 9)):
        (held,) = (each for each in model.graph.initializer if each.name == norm.input[place])
        held.CopyFrom(onnx.numpy_helper.from_array(np.array(value, dtype=np.float32), held.name))
    onnx.save(model, path)
    compare(path, images(0, 5, (1, 4, 6)))
    program = imported(path)[1]
    # 24 inputs: z = 0 at 12 agreements.
    assert program.thresholds[0].ravel().tolist() == [12, 13] * 4 + [0]
    assert program.flips[0].tolist() == [0, 1] * 4 + [0]


@pytest.mark.slow
@pytest.mark.parametrize("exporter", ["torchscript", "dynamo"])
def test_a_thousand_images(exporter):
    path = EXAMPLES / f"tfc_1w1a_{exporter}.onnx"
    logits = compare(path, patches(2, 1000, (1, 28, 28)))
    assert len(logits) == 1000
    assert len(np.unique(logits.argmax(axis=1))) > 5
