import re
import signal
import sys
from collections import Counter

import pytest

from cocotb_tests.blocks.configurations import configuration
from flows.base.files import read_json
from flows.base.yosys import Yosys
from flows.studies.schemes.study import scheme_config
from flows.synthesis.area import area_rows
from flows.synthesis.synthesis import synthesize
from flows.synthesis.targets import TARGETS, liberty_target
from flows.synthesis.verilog_modules import Design
from hdl.axi import AxiCore
from hdl.config import CoreConfig, InputError
from hdl.stochastic import LocalStochasticUnits
from hdl.streams import index_width
from hdl.verilog import Hierarchy, to_verilog
from tests.hdl.configurations import SHORTCUT

ADDER = """
module top (input clk, input [7:0] a, b, output reg [8:0] sum, input [3:0] at, input we, output reg [7:0] stored);
  reg [7:0] memory [0:15];
  always @(posedge clk) begin
    sum <= a + b;
    if (we) memory[at] <= a;
    stored <= memory[at];
  end
endmodule
"""

LIBERTY = """
library(cells) {
  cell(INV) { area : 1; pin(A) { direction : input; } pin(Y) { direction : output; function : "!A"; } }
  cell(NAND) { area : 2; pin(A) { direction : input; } pin(B) { direction : input; }
    pin(Y) { direction : output; function : "!(A*B)"; } }
  cell(NOR) { area : 2; pin(A) { direction : input; } pin(B) { direction : input; }
    pin(Y) { direction : output; function : "!(A+B)"; } }
  cell(BUF) { area : 1; pin(A) { direction : input; } pin(Y) { direction : output; function : "A"; } }
  cell(FF) { area : 6; ff(IQ, IQN) { clocked_on : C; next_state : D; }
    pin(C) { direction : input; clock : true; } pin(D) { direction : input; }
    pin(Q) { direction : output; function : "IQ"; } }
}
"""


@pytest.fixture(scope="module")
def adder():
    progress = []
    found = synthesize(
        ADDER, "top", list(TARGETS.values()), yosys=Yosys.find(), on_progress=lambda *seen: progress.append(seen)
    )
    assert progress[0] == (0, len(TARGETS))
    assert progress[-1] == (len(TARGETS), len(TARGETS))
    return {each.target: each for each in found}


def test_every_target_counts_what_is_there(adder):
    assert list(adder) == ["ice40", "ecp5", "xilinx", "gates"]
    for target in ("ice40", "ecp5", "xilinx"):
        kinds = adder[target].kinds
        # Nine bits of sum; a memory may need more around it.
        assert kinds["flip-flops"] >= 9
        assert kinds["carries"] > 0
        assert kinds.get("LUT RAMs", 0) + kinds.get("block RAMs", 0) > 0
        assert "other cells" not in kinds
    # The register at its output is part of a memory.
    assert adder["gates"].kinds["memory bits"] == 128
    assert adder["gates"].kinds["flip-flops"] == 9
    assert adder["gates"].transistors > 9 * 16


def test_cells_and_kinds_agree(adder):
    for target, each in adder.items():
        counted = Counter()
        for cell, number in each.cells.items():
            counted[TARGETS[target].kind(cell)] += number
        assert counted == {kind: number for kind, number in each.kinds.items() if kind != "memory bits"}
        assert re.fullmatch(r"Yosys \d+\.\d+", each.yosys)
        assert each.script[0] == "read_verilog design.v"


def test_liberty(tmp_path):
    path = tmp_path / "my.lib"
    path.write_text(LIBERTY)
    (found,) = synthesize(
        ADDER,
        "top",
        [liberty_target("cells.lib")],
        yosys=Yosys.find(),
        files={"cells.lib": path},
        on_progress=lambda *_: None,
    )
    areas = {"INV": 1, "BUF": 1, "NAND": 2, "NOR": 2, "FF": 6}
    assert {"NAND", "FF"} <= set(found.cells) <= set(areas)
    assert found.cells["FF"] == 9
    assert found.area == sum(areas[cell] * number for cell, number in found.cells.items())
    assert found.kinds == {"cells": sum(found.cells.values()), "memory bits": 128}


@pytest.mark.parametrize("name", ["smallest", "one_pixel"])
def test_a_core_in_cells_without_initial_values(name, tmp_path):
    """Flip-flops of the library start as they like: reset gives registers their values, and memories are loaded."""
    path = tmp_path / "my.lib"
    path.write_text(LIBERTY)
    core = AxiCore(configuration(name, 1))
    (found,) = synthesize(
        to_verilog(core, name),
        name,
        [liberty_target("cells.lib")],
        yosys=Yosys.find(),
        files={"cells.lib": path},
        on_progress=lambda *_: None,
    )
    assert set(found.cells) <= {"INV", "BUF", "NAND", "NOR", "FF"}
    assert found.cells["FF"] > 100
    assert found.kinds["memory bits"] > 0


def test_bad_verilog():
    with pytest.raises(InputError, match=r"^synthesis for gates failed: .*ERROR.*syntax error"):
        synthesize("module top (;", "top", [TARGETS["gates"]], yosys=Yosys.find(), on_progress=lambda *_: None)


def test_tells_what_yosys_trips_over():
    """An assertion, which is in its log alone. Should it ever hold, `hdl.verilog` may name elements like bits again."""
    verilog = r"""
    module top (input clk, input [1:0] a, output reg [1:0] x);
      wire [1:0] \x[0] ;
      assign \x[0] = x;
      always @(posedge clk) x <= a ^ x;
    endmodule
    """
    with pytest.raises(InputError, match=r"^synthesis for ice40 failed: ERROR: Assert .* failed"):
        synthesize(verilog, "top", [TARGETS["ice40"]], yosys=Yosys.find(), on_progress=lambda *_: None)


def test_units_of_layers():
    """Whose draws are an array, one element of which once had the name of a bit; Yosys then stopped."""
    config = scheme_config(CoreConfig.load("tiny"), "spatial-dropout")
    layer = next(each for each in config.layers if each.local is not None)
    text = to_verilog(LocalStochasticUnits(config, layer, 1), "units")
    (found,) = synthesize(text, "units", [TARGETS["ice40"]], yosys=Yosys.find(), on_progress=lambda *_: None)
    local = layer.local
    shift_registers = local.units * config.random.lfsr_width
    # And a bit for each channel, the step, and whether they are there.
    assert found.kinds["flip-flops"] == shift_registers + local.channels + index_width(local.steps) + 1


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "ended by SIGKILL; memory may have run out"),
        ("print('mapping', flush=True); os.kill(os.getpid(), signal.SIGSEGV)", "ended by SIGSEGV"),
        ("os.kill(os.getpid(), signal.SIGRTMIN + 2)", f"ended by signal {signal.SIGRTMIN + 2}"),
        ("sys.exit(3)", "ended with exit status 3 and no output"),
        ("print('no such file'); sys.exit(1)", "no such file"),
        ("print('ERROR: no cell', flush=True); os.abort()", "ERROR: no cell"),
    ],
)
def test_tells_how_yosys_ended(program, reason):
    """A program that ends itself instead of Yosys: what it says, or how it ended."""
    command = (sys.executable, "-c", f"import os, signal, sys; {program}")
    with pytest.raises(InputError) as caught:
        synthesize(
            ADDER,
            "top",
            [TARGETS["xilinx"]],
            yosys=Yosys(command=command, version="0.0"),
            on_progress=lambda *_: None,
        )
    assert str(caught.value) == f"synthesis for xilinx failed: {reason}"


def test_maps_have_every_block():
    """A core with convolutions, pooling and a residual: the area of its window buffers, and nothing of no block."""
    core = AxiCore(SHORTCUT)
    (found,) = synthesize(
        to_verilog(core, SHORTCUT.name),
        SHORTCUT.name,
        [TARGETS["gates"]],
        yosys=Yosys.find(),
        hierarchy=Hierarchy(core),
        on_progress=lambda *_: None,
    )
    assert found.blocks["inputs"]["window buffer"]["flip-flops"] > 0
    inputs = {"pixel input", "bank pair", "frame buffer", "window buffer", "flatten", "line driver"}
    assert inputs == set(found.blocks["inputs"])
    assert {"pool", "residual", "neuron", "row store"} <= set(found.blocks["neurons"])
    assert {"tee", "queued branch"} <= set(found.blocks["streams"])
    assert "other" not in found.blocks
    # A list of connections has no state, and hardly a gate.
    assert found.blocks["core"]["core"] == {"gates": found.blocks["core"]["core"]["gates"]}
    assert found.blocks["core"]["core"]["gates"] < found.kinds["gates"] / 1000
    for kind, number in found.kinds.items():
        assert number == sum(counted.get(kind, 0) for _, _, counted in area_rows(found.blocks))


def test_core(bayescim, products, quick):
    answer = bayescim("synth", quick, "-o", products.directory, "-t", "gates", "--json")
    assert answer.code == 0
    result = read_json(products.synthesis, "synth")
    assert answer.out == products.synthesis.read_text()
    gates = result["targets"]["gates"]
    # No cell is without a block.
    known = {(block.room, block.name) for block in Hierarchy(AxiCore(products.config)).blocks.values()}
    assert {(room, block) for room, block, _ in area_rows(gates["blocks"])} <= known
    assert {"control", "inputs", "crossbar", "passes", "stochastic", "neurons", "results", "axi"} <= set(
        gates["blocks"]
    )
    for kind, number in gates["kinds"].items():
        assert number == sum(counted.get(kind, 0) for _, _, counted in area_rows(gates["blocks"]))
    config = products.config
    weights = sum(layer.arrays * layer.rows * layer.cols for layer in config.layers)
    assert gates["blocks"]["crossbar"]["row store"]["memory bits"] == weights


def test_copies_count_as_often_as_they_are_there(products):
    """Synthesis of every module for itself finds the same registers, memories and, but for the mapper's luck, gates."""
    text = products.verilog.read_text()
    top = products.config.name
    # A comment of its own makes each module another one.
    count = iter(range(1000))
    unique = re.sub(r"^endmodule", lambda _: f"  // {next(count)}\nendmodule", text, flags=re.MULTILINE)
    assert len(Design(unique, top).modules) > len(Design(text, top).modules)
    hierarchy = Hierarchy(AxiCore(products.config))
    once, each = (
        synthesize(
            verilog, top, [TARGETS["gates"]], yosys=Yosys.find(), hierarchy=hierarchy, on_progress=lambda *_: None
        )[0]
        for verilog in (text, unique)
    )
    for room, block, kinds in area_rows(each.blocks):
        for kind in ("flip-flops", "memory bits"):
            assert once.blocks[room][block].get(kind) == kinds.get(kind), (room, block, kind)
    assert once.kinds["gates"] == pytest.approx(each.kinds["gates"], rel=0.01)


def test_arguments(refused, products, quick, tmp_path):
    output = ("-o", products.directory)
    assert refused("synth", quick, *output, "-t", "asic") == (
        "target must be one of ice40, ecp5, xilinx, gates, not 'asic'"
    )
    missing = tmp_path / "none.lib"
    assert refused("synth", quick, *output, "--liberty", missing) == (
        f"liberty must be a Liberty file, not {str(missing)!r}"
    )
    bad = tmp_path / "bad.lib"
    bad.write_text("this is no library {")
    assert refused("synth", quick, *output, "--liberty", bad).startswith("synthesis for liberty failed: ")
    assert (
        refused("synth", quick, *output, "--yosys", "no-such-yosys") == "yosys must be a program, not 'no-such-yosys'"
    )
    old = tmp_path / "yosys"
    old.write_text("#!/bin/sh\necho 'Yosys 0.9 (git sha1 1979e0b)'\n")
    old.chmod(0o755)
    assert refused("synth", quick, *output, "--yosys", old).startswith(
        "yosys must be Yosys 0.40 or newer, not 'Yosys 0.9"
    )
    assert not products.synthesis.exists()
