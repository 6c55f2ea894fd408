"""Stuck nets of a core: what stops, what is wrong, and what nobody sees."""

import numpy as np
import pytest

from flows.base.yosys import Yosys
from flows.engine.build import build_kernel, lower
from flows.road.faulty import StuckNet, run_faulty
from flows.verify.faults import draw_faults
from flows.verify.faults_record import FaultsRecord
from golden.data import random_program
from hdl.axi import AxiCore
from hdl.config.geometries import GEOMETRIES, geometry
from hdl.verilog import to_verilog

from ...hdl.config.test_config import to_toml

SMALLEST = "two_passes"


@pytest.fixture(scope="module")
def core():
    config = geometry(SMALLEST)
    program = random_program(config, np.random.default_rng(5))
    verilog = to_verilog(AxiCore(config, program), config.name)
    return program, lower(verilog.encode(), config.name, "aclk", yosys=Yosys.find())


def test_outcomes_of_known_faults(core):
    """A valid that never comes, data that are always the same, and what only the register port reads."""
    program, netlist = core
    outputs = netlist.outputs
    faults = [
        StuckNet(int(outputs["m_axis_tvalid"][0]), 0),
        StuckNet(int(outputs["m_axis_logits_tdata"][1]), 0),
        StuckNet(int(outputs["m_axis_logits_tdata"][1]), 1),
        StuckNet(int(outputs["m_axis_tlast"][0]), 1),
        StuckNet(int(outputs["s_axi_bresp"][1]), 1),
        StuckNet(int(outputs["s_axis_tready"][0]), 0),
    ]
    pixels = np.random.default_rng(6).integers(0, 2, (3, program.config.network.inputs), dtype=np.uint8)
    found = run_faulty(build_kernel(), netlist, program, pixels, faults, passes=2)
    assert found.stopped.tolist() == [True, False, False, False, False, True]
    stuck, inverse = found.wrong[1:3]
    assert stuck or inverse
    assert found.wrong.tolist() == [False, stuck, inverse, False, False, False]
    assert found.cycles > 0


def test_faults_are_those_of_the_seed(core):
    _, netlist = core
    first, again, other = (draw_faults(netlist, 50, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert len(set(first)) == 50
    assert {each.value for each in first} == {0, 1}


def test_the_command(bayescim, tmp_path):
    path = tmp_path / "smallest.toml"
    path.write_text(to_toml(GEOMETRIES[SMALLEST]))
    options = ("--faults", 40, "--seed", 3, "--inputs", 1)
    for name in ("own.json", "again.json"):
        assert bayescim("faults", path, *options, "-o", tmp_path / name).code == 0
    found, again = (FaultsRecord.read(tmp_path / name, "bayescim faults") for name in ("own.json", "again.json"))
    assert found.stopped + found.wrong + found.hidden == found.faults == 40
    assert found.wrong > 0 < found.hidden
    assert (found.stopped, found.wrong, found.cycles) == (again.stopped, again.wrong, again.cycles)
    assert found.command.startswith(f"bayescim faults {SMALLEST} --faults 40 --seed 3 --inputs 1 --passes ")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("tiny", "--faults", 0), "faults must be at least 1, not 0"),
        (("tiny", "--inputs", 0), "inputs must be at least 1, not 0"),
        (("tiny", "--faults", 10**6), "faults must be at most 100000, not 1000000"),
        (("tiny", "--passes", 0), "passes must be between 1 and"),
        (("digits_exact",), "config must be of a core without macros, outside draws and weighted passes"),
    ],
)
def test_bad_numbers(refused, arguments, complaint):
    assert refused("faults", *arguments).startswith(complaint)
