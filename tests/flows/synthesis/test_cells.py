"""Target cells compared with plain logic."""

import shutil
import subprocess

import pytest

from cocotb_tests.blocks.case import Case
from cocotb_tests.runner.runner import run
from cocotb_tests.runner.simulators import find_simulator
from flows.base.yosys import Yosys
from flows.synthesis.targets import CELLS, TARGETS
from hdl.lanes import Adder, Popcount
from hdl.verilog import ColumnCells, to_verilog

LANES = 3

#: With a seven of iCE40, with halves that are not full, and as many lanes as several short chains.
COMPONENTS = [
    *(pytest.param(Popcount, (words, LANES), {}, id=f"popcount-{words}") for words in (1, 2, 3, 4, 5, 7, 8, 16)),
    pytest.param(Popcount, (3, 40), {}, id="popcount-3-wide"),
    pytest.param(Adder, (4, LANES), {"agreement": True}, id="agreement_adder"),
    pytest.param(Adder, (3, 20), {"agreement": True}, id="agreement_adder-wide"),
    pytest.param(Adder, (3, LANES), {}, id="adder"),
]

SCRIPT = """
read_verilog plain.v; hierarchy -top plain; flatten; opt_clean; design -stash plain
# The first of two definitions in a library may be a simpler one; only what is used is elaborated.
read_verilog -defer -overwrite +/{target}/cells_sim.v
read_verilog own.v {cells}; hierarchy -top own; proc; flatten; opt_clean; design -stash own
design -copy-from plain -as plain plain; design -copy-from own -as own own
miter -equiv -flatten -make_outputs plain own miter; hierarchy -top miter; opt -full
sat -verify -prove trigger 0 miter
"""


FLAT = """
read_verilog -defer -overwrite +/{target}/cells_sim.v
read_verilog own.v {cells}; hierarchy -top popcount; proc; flatten; opt_clean
write_verilog -noattr flat.v
"""

each_target = pytest.mark.parametrize("target", [target for target in TARGETS if TARGETS[target].cells])


def yosys(script, target, directory):
    cells = TARGETS[target].cells
    for file in cells:
        shutil.copyfile(CELLS / file, directory / file)
    (directory / "script.ys").write_text(script.format(target=target, cells=" ".join(cells)))
    command = [*Yosys.find().command, "-s", "script.ys"]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-500:]
    return done.stdout


@each_target
@pytest.mark.parametrize(("component", "sizes", "options"), COMPONENTS)
def test_own_cells_are_equivalent(target, component, sizes, options, tmp_path):
    for name, platform in (("plain", None), ("own", ColumnCells())):
        (tmp_path / f"{name}.v").write_text(to_verilog(component(*sizes, **options), name, platform))
    assert "agreement_" in (tmp_path / "own.v").read_text() or component is Adder
    assert "SAT proof finished - no model found: SUCCESS!" in yosys(SCRIPT, target, tmp_path)


@each_target
@pytest.mark.skipif(shutil.which("iverilog") is None, reason="needs Icarus: make icarus")
@pytest.mark.parametrize("words", [64, pytest.param(256, marks=pytest.mark.slow)])
def test_own_cells_count_random_words(target, words, tmp_path):
    """The testbench of the popcount, on the cells."""
    component = Popcount(words, LANES)
    (tmp_path / "own.v").write_text(to_verilog(component, "popcount", ColumnCells()))
    yosys(FLAT, target, tmp_path)
    case = Case(block="popcount", component=component, tests=2, values={"words": words, "lanes": LANES})
    run(
        case,
        directory=tmp_path / "simulation",
        simulator=find_simulator("icarus"),
        seed=words,
        verilog=tmp_path / "flat.v",
    )
