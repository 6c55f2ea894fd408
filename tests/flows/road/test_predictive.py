"""Predictive probabilities from configuration text to RTL results."""

import numpy as np
import pytest
import torch

from driver import Driver
from flows.road.equivalence import run_both
from flows.road.native import NativeTransport
from golden.data import random_program
from golden.measures import uncertainty
from hdl.axi import AxiCore
from hdl.config import CoreConfig, Measure
from hdl.verilog import export

CONFIG = """
name = "unsure"

[network]
inputs = 12
input_bits = 2
hidden = [16, 16]
classes = 4

[array]
rows = 16
cols = 16
rows_per_read = 4

[bayes]
p = [0.3, 0.3]
passes = 16
max_passes = 32

[logits]
width = 10
fraction = 4

[predictive]
probability_bits = 10
entropy_bits = 10
measure = "mutual-information"
threshold = 0.1
"""
INPUTS = 60

#: Nats that some of the inputs reach.
_THRESHOLD = 0.4


@pytest.fixture(scope="module")
def core(tmp_path_factory):
    config = CoreConfig.parse(CONFIG)
    program = random_program(config, np.random.default_rng(1))
    return program, export(AxiCore(config, program), config.name, tmp_path_factory.mktemp("unsure"))


def test_nothing_differs_from_golden(core):
    """A set of inputs through the native harness, with as many values as the core sends."""
    program, verilog = core
    config = program.config
    pixels = np.random.default_rng(2).integers(0, 4, (INPUTS, config.network.inputs))
    simulation, _, equivalence = run_both(program, verilog, pixels, passes=32, load=False, workers=1)
    assert equivalence.compared == INPUTS * 32 * config.network.classes
    # Sum, squares, votes and winner; probability, three measures and the flag.
    assert equivalence.compared_statistics == 9 * INPUTS * config.network.classes
    assert (equivalence.mismatches, equivalence.statistics_mismatches) == (0, 0)
    flags = simulation.results["unknown"]
    assert 0 < flags.sum() < flags.size


def test_the_driver_says_the_same_as_the_float_measures(core):
    """Which the core approximates, within a hundredth of a nat."""
    program, verilog = core
    config = program.config
    driver = Driver(NativeTransport(verilog, config), config)
    driver.configure(logits=True, unknown=(Measure.PREDICTIVE_ENTROPY, _THRESHOLD))
    pixels = np.random.default_rng(3).integers(0, 4, (INPUTS, config.network.inputs))
    inference = driver.run(pixels)
    found = inference.predictive
    logits = torch.from_numpy(inference.logits) / 2**config.logits.fraction
    expected = uncertainty(logits, torch.zeros(INPUTS, dtype=torch.int64))
    for name in ("predictive_entropy", "expected_entropy", "mutual_information"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name).numpy(), atol=0.01)
    assert (found.unknown == (found.predictive_entropy >= np.round(_THRESHOLD * 2**10) / 2**10)).all()
    assert 0 < found.unknown.sum() < INPUTS
    sure = found.probability.argmax(axis=1)
    assert (sure == expected.classes.numpy())[found.error_probability < 0.4].all()


def test_weights_of_more_than_32_bits(tmp_path):
    """Probabilities of masks of three layers, in units of 2^-33."""
    content = CoreConfig.parse(CONFIG).model_dump(mode="json")
    content["name"] = "weighted"
    content["network"] |= {"inputs": 4, "hidden": [4, 4, 4]}
    content["array"] |= {"rows": 4, "cols": 4}
    content["bayes"] |= {"order": "prefix", "p": [0.3, 0.01, 0.5]}
    content["random"] |= {"draw_bits": 11}
    config = CoreConfig.model_validate(content)
    program = random_program(config, np.random.default_rng(4))
    verilog = export(AxiCore(config, program), config.name, tmp_path)
    pixels = np.random.default_rng(5).integers(0, 4, (INPUTS, config.network.inputs))
    simulation, _, equivalence = run_both(program, verilog, pixels, passes=1, exact=True, load=False, workers=1)
    assert (simulation.weights.sum(axis=1) == 2**33).all()
    assert equivalence.compared == INPUTS * 8 * config.network.classes
    assert equivalence.compared_statistics == 9 * INPUTS * config.network.classes
    assert (equivalence.mismatches, equivalence.statistics_mismatches) == (0, 0)

    driver = Driver(NativeTransport(verilog, config), config)
    driver.configure(exact=True)
    inference = driver.run(pixels)
    assert inference.total == 2**33
    assert (inference.squares == simulation.results["square"]).all()
    assert (inference.votes.sum(axis=1) == inference.total).all()
