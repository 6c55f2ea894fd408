"""Images as lanes of the bit-parallel engine, against golden."""

import json

import numpy as np
import pytest

from flows.road.equivalence import run_both
from golden.data import random_program
from hdl.axi import AxiCore
from hdl.config.geometries import geometry
from hdl.verilog import to_verilog

#: Plain, weighted passes (control differs between lanes), predictive, a convolution, drawn weights, several units.
CASES = (
    ("smallest_8bit", False),
    ("smallest_prefix", False),
    ("smallest_prefix", True),
    ("predictive_smallest", False),
    ("row", False),
    ("drawn_smallest", False),
    ("units", False),
)


@pytest.mark.parametrize(("name", "exact"), CASES)
def test_results_are_those_of_golden(name, exact, tmp_path):
    config = geometry(name)
    rng = np.random.default_rng(3)
    program = random_program(config, rng)
    verilog = tmp_path / "core.v"
    verilog.write_text(to_verilog(AxiCore(config, program), config.name))
    # More images than lanes: some of the lanes take one, others two.
    shape = (700 if name == "smallest_8bit" else 20, config.network.inputs)
    pixels = rng.integers(0, config.layers[0].plane_gain, shape, dtype=np.uint8, endpoint=True)
    simulation, _, equivalence = run_both(
        program, verilog, pixels, passes=config.bayes.passes, exact=exact, load=False, workers=1, engine="lanes"
    )
    assert simulation.logits.any()
    assert (equivalence.mismatches, equivalence.statistics_mismatches) == (0, 0)
    assert equivalence.compared > 0


def test_the_command(bayescim, products, quick):
    arguments = ("simulate", quick, "-o", products.directory, "--inputs", 9, "--passes", 5, "--json")
    answer = bayescim(*arguments, "--engine", "lanes")
    assert (answer.code, answer.err) == (0, "")
    found = json.loads(answer.out)
    assert found["simulator"]["engine"] == "lanes"
    assert (found["equivalence"]["mismatches"], found["equivalence"]["statistics_mismatches"]) == (0, 0)
    assert found["equivalence"]["compared"] == 9 * 5 * products.config.network.classes


def test_a_program_is_loaded(bayescim, products, quick):
    """The deterministic twin is loaded through the register port."""
    answer = bayescim(
        "simulate", quick, "-o", products.directory, "--deterministic", "--inputs", 9, "--json", "--engine", "lanes"
    )
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)
    assert found["contents"] == "loaded through the register port"
    assert found["equivalence"]["mismatches"] == 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("tiny", "--engine", "cxxrtl"), "engine must be one of verilator, lanes, not 'cxxrtl'"),
        (("tiny", "--engine", ""), "engine must be one of verilator, lanes, not ''"),
    ],
)
def test_bad_engines(refused, products, arguments, complaint):
    assert refused("simulate", *arguments, "-o", products.directory) == complaint
