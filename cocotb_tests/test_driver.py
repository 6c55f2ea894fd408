import dataclasses
import itertools

import pytest

from cocotb_tests.benches.driver_suite import SUITE
from cocotb_tests.blocks.blocks import BLOCKS
from cocotb_tests.blocks.configurations import program
from cocotb_tests.runner.runner import run
from cocotb_tests.runner.simulators import SIMULATORS


@pytest.mark.sim
@pytest.mark.parametrize(
    ("configuration", "simulator"),
    [
        ("smallest", "icarus"),
        pytest.param("smallest", "verilator", marks=pytest.mark.slow),
        *(pytest.param(*each, marks=pytest.mark.slow) for each in itertools.product(("padded", "prefix"), SIMULATORS)),
    ],
    indirect=["simulator"],
)
def test_driver(configuration, simulator, seed, tmp_path):
    case = BLOCKS["axi_core"].case(program(configuration, seed))
    # With and without stalls.
    case = dataclasses.replace(case, block="driver", tests=2 * len(SUITE))
    run(case, directory=tmp_path, simulator=simulator, seed=seed)


@pytest.mark.sim
@pytest.mark.parametrize("configuration", ["monitored", "watched", "watched_channels"])
@pytest.mark.parametrize("simulator", ["icarus"], indirect=True)
def test_driver_of_a_core_that_watches_itself(configuration, simulator, seed, tmp_path):
    case = dataclasses.replace(BLOCKS["axi_core"].case(program(configuration, seed)), block="driver", tests=4)
    # cocotb numbers values that are too long for a name.
    checks = [[*SUITE].index(name) for name in ("events_are_flagged", "self_test_is_read")]
    only = [f"driver_works/check={check}/stalls={stalls}" for check in checks for stalls in ("NEVER", "OFTEN")]
    run(case, directory=tmp_path, simulator=simulator, seed=seed, only=only)
