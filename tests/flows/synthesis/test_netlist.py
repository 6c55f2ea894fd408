"""Mapped netlists compared with RTL, right and wrong."""

import dataclasses
import json
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from cocotb_tests.runner.simulators import find_simulator
from flows.base.yosys import Yosys
from flows.synthesis.mapped_core import NETLIST, MappedCore
from flows.synthesis.netlist import NETLIST_TARGETS
from flows.synthesis.netlist_equivalence import Outcome
from flows.synthesis.targets import CELLS, TARGETS
from golden.data import random_program
from hdl.config import CoreConfig
from hdl.lanes import Adder, Popcount
from hdl.verilog import ColumnCells, to_verilog

from .test_place import SMALL

DOCUMENT = Path(__file__).parents[3] / "docs" / "verification.md"

LUT = re.compile(r"(\.LUT_INIT\(16'h)([0-9a-f]{4})(\))")

#: The model of the multiplier beside multiplication, signed or not; the bits above a few are their extension.
MULTIPLIER = """
module check(input [4:0] x, y, output same);
  wire [17:0] a = {{{{13{{{a}}}}}, x}}, b = {{{{13{{{b}}}}}, y}};
  wire [35:0] p;
  MULT18X18D mult (.SIGNEDA(1'b{signed_a}), .SIGNEDB(1'b{signed_b}), {ports});
  wire signed [5:0] wide_a = {{{a}, x}}, wide_b = {{{b}, y}};
  wire signed [35:0] product = wide_a * wide_b;
  assign same = p == product;
endmodule
"""

REFERENCE = """
read_verilog plain.v; hierarchy -top plain; flatten; opt_clean; design -stash plain
read_verilog own.v adder.v reference.v; hierarchy -check -top own; proc; flatten; opt_clean; design -stash own
design -copy-from plain -as plain plain; design -copy-from own -as own own
miter -equiv -flatten -make_outputs plain own miter; hierarchy -top miter; opt -full
sat -verify -prove trigger 0 miter
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    path = tmp_path_factory.mktemp("configuration") / "small.toml"
    path.write_text(SMALL)
    return path


@pytest.fixture(scope="module")
def core(config, tmp_path_factory):
    program = random_program(CoreConfig.load(config), np.random.default_rng(1))
    made = MappedCore(
        program=program, target=TARGETS["ice40"], directory=tmp_path_factory.mktemp("mapped"), yosys=Yosys.find()
    )
    made.map()
    return made


def yosys(script, directory):
    (directory / "script.ys").write_text(script)
    command = [*Yosys.find().command, "-s", "script.ys"]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def corrupt(core, directory, module):
    """Return the core with one bit of one LUT in `module` flipped."""
    text = (core.directory / NETLIST).read_text()
    start = re.search(rf"^module \\?{re.escape(module)} *\(", text, re.MULTILINE).start()
    lut = LUT.search(text, start, text.index("endmodule", start))
    wrong = f"{int(lut[2], 16) ^ 1 << 8:04x}"
    directory.mkdir(exist_ok=True)
    for file in core.directory.iterdir():
        if file.is_file():
            (directory / file.name).write_bytes(file.read_bytes())
    (directory / NETLIST).write_text(f"{text[: lut.start(2)]}{wrong}{text[lut.end(2) :]}")
    return dataclasses.replace(core, directory=directory)


@pytest.mark.slow
@pytest.mark.usefixtures("icarus")
def test_the_netlist_is_the_rtl(bayescim, config, core, tmp_path):
    (tmp_path / "small.npz").write_bytes(core.program.to_bytes())
    document = tmp_path / "verification.md"
    document.write_text("<!-- netlist small: x -->\nold\n<!-- end of netlist small -->\n")
    answer = bayescim(
        "netlist", config, "-o", tmp_path, "-t", "ice40", "--document", document, "--limit", 1, "-s", "icarus", "--json"
    )
    assert answer.code == 0, answer.out + answer.err
    assert (tmp_path / "netlist.json").read_text() == answer.out
    assert (tmp_path / "netlist" / "ice40.v").read_text() == (core.directory / NETLIST).read_text()
    (found,) = json.loads(answer.out)["targets"]
    assert (found["target"], found["tests"], found["failed"], found["log"]) == ("ice40", 22, 0, None)
    assert {each["outcome"] for each in found["blocks"]} <= {"proved", "not decided"}
    for each in found["blocks"]:
        assert (each["reason"] == "") == (each["outcome"] == "proved")
    assert "old" not in document.read_text()
    assert "22 of 22" in document.read_text()


def test_blocks_are_proved(core):
    """Blocks that connect, blocks with state and blocks without."""
    blocks = ["small", "small.bridge", "small.core", "small.core.control", "small.core.tee"]
    found = core.compare(limit=120, only=blocks)
    assert [(each.block, each.outcome, each.reason) for each in found] == [(b, Outcome.PROVED, "") for b in blocks]


@pytest.mark.parametrize("module", ["small.core.crossbar_0.accumulator", "small.core.tee"])
def test_a_wrong_lut_is_found_by_equivalence(core, tmp_path, module):
    found = corrupt(core, tmp_path / "wrong", module).compare(limit=20, only=[module])
    assert [(each.block, each.outcome) for each in found] == [(module, Outcome.DIFFERENT)]


@pytest.mark.usefixtures("icarus")
def test_a_wrong_lut_is_found_by_simulation(core, tmp_path):
    only, simulator = ["results_need_no_register"], find_simulator("icarus")
    assert core.test(simulator, seed=0, only=only).failed == 0
    wrong = corrupt(core, tmp_path / "wrong", "small.core.crossbar_0.accumulator")
    assert wrong.test(simulator, seed=0, only=only).failed == 1


@pytest.mark.parametrize("component", [Popcount(1, 3), Popcount(5, 3), Popcount(8, 2), Adder(3, 2, agreement=True)])
def test_what_own_cells_compute(component, tmp_path):
    """The sums that netlists are compared with are what plain logic computes."""
    for name, platform in (("plain", None), ("own", ColumnCells())):
        (tmp_path / f"{name}.v").write_text(to_verilog(component, name, platform))
    for file in ("adder.v", "reference.v"):
        (tmp_path / file).write_bytes((CELLS / file).read_bytes())
    code, log = yosys(REFERENCE, tmp_path)
    assert (code, "SAT proof finished - no model found: SUCCESS!" in log) == (0, True), log[-2000:]


@pytest.mark.parametrize("signed_a", [0, 1])
@pytest.mark.parametrize("signed_b", [0, 1])
def test_the_model_of_the_multiplier(signed_a, signed_b, tmp_path):
    bits = [(port, name, bit) for port, name, count in (("A", "a", 18), ("B", "b", 18)) for bit in range(count)]
    bits += [("P", "p", bit) for bit in range(36)]
    text = MULTIPLIER.format(
        a="x[4]" if signed_a else "1'b0",
        b="y[4]" if signed_b else "1'b0",
        signed_a=signed_a,
        signed_b=signed_b,
        ports=", ".join(f".{port}{bit}({name}[{bit}])" for port, name, bit in bits),
    )
    (tmp_path / "check.v").write_text(text)
    (tmp_path / "ecp5_sim.v").write_bytes((CELLS / "ecp5_sim.v").read_bytes())
    script = "read_verilog check.v ecp5_sim.v; hierarchy -check -top check; proc; flatten; opt\n"
    code, log = yosys(f"{script}sat -verify -prove same 1 check", tmp_path)
    assert (code, "SAT proof finished - no model found: SUCCESS!" in log) == (0, True), log[-2000:]


def test_bad_input(refused, config, tmp_path, monkeypatch):
    line = refused("netlist", config, "-o", tmp_path, "-t", "gates")
    assert line == f"target must be one of {', '.join(NETLIST_TARGETS)}, not 'gates'"
    line = refused("netlist", config, "-o", tmp_path)
    assert (
        line == f"{tmp_path / 'small.npz'} must exist, and does not: run `bayescim lower {config} -o {tmp_path}` first"
    )
    missing = tmp_path / "missing.md"
    line = refused("netlist", config, "-o", tmp_path, "--document", missing)
    assert line == f"document must be a file with sections, not {str(missing)!r} (No such file or directory)"
    line = refused("netlist", config, "-o", tmp_path, "--simulator", "modelsim")
    assert line == "simulator must be one of verilator, icarus, not 'modelsim'"
    line = refused("netlist", config, "-o", tmp_path, "-t", "ecp5", "--simulator", "icarus")
    assert line == "simulator must be verilator for ecp5, not 'icarus'"
    monkeypatch.setenv("PATH", str(tmp_path))
    line = refused("netlist", config, "-o", tmp_path, "--simulator", "icarus")
    assert line == "icarus must be installed, not missing: apt-get install iverilog"
    assert list(tmp_path.iterdir()) == []


def test_the_document_shows_every_target():
    section = re.search(
        r"<!-- netlist tiny:[^>]*-->\n(.*)<!-- end of netlist tiny -->", DOCUMENT.read_text(), re.DOTALL
    )
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in section[1].splitlines() if "22 of 22" in line]
    assert [row[0] for row in rows] == list(NETLIST_TARGETS)
    # None different.
    assert [row[5] for row in rows] == ["0"] * len(rows)
