"""Start of the Verilog, in every generation of the language."""

import re
import shutil
import subprocess

import pytest
from amaranth import Module, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import Out

from cocotb_tests.blocks.configurations import program
from cocotb_tests.runner.simulators import find_simulator
from hdl.axi import AxiCore
from hdl.config import InputError
from hdl.verilog import clock_processes, start_processes, to_verilog

GENERATIONS = ("2005", "2005-sv", "2009", "2012")

#: What Amaranth writes of a register, and of a variable with two processes.
RAW = r"""module top(clk, i, o);
  reg \$auto$verilog_backend.cc:1:dump_module$1  = 0;
  reg [1:0] \$1 ;
  reg [1:0] \$2 ;
  reg [1:0] x = 2'h1;
  reg [2:0] y;
  always @(posedge clk)
    x <= \$1 ;
  always @* begin
    if (\$auto$verilog_backend.cc:1:dump_module$1 ) begin end
    \$1  = x;
    if (i) begin
      \$1 [0] = 1'h0;
      \$1 [1] = x[0];
    end
  end
  always @* begin
    if (\$auto$verilog_backend.cc:1:dump_module$1 ) begin end
    \$2  = 2'h0;
  end
  always @*
    y[0] = x[0];
  assign o = \$2 ;
endmodule
"""


class Constants(wiring.Component):
    """Processes that nothing ever triggers: of constants, of registers that stay, and of parts of a variable."""

    chosen: Out(4)
    state: Out(4)
    parts: Out(data.StructLayout({"low": 2, "high": 2}))

    def elaborate(self, _platform):
        m = Module()
        one = Signal(init=1)
        word = Signal(4, init=9)
        m.d.sync += [one.eq(one), word.eq(word)]
        with m.If(one):
            m.d.comb += self.chosen.eq(word)
        with m.FSM(init="first"):
            with m.State("first"):
                m.d.comb += self.state.eq(5)
                with m.If(~one):
                    m.next = "second"
            with m.State("second"):
                m.next = "first"
        m.d.comb += self.parts.low.eq(word)
        with m.Switch(word), m.Case(9):
            m.d.comb += self.parts.high.eq(2)
        return m


@pytest.fixture
def icarus():
    try:
        return find_simulator("icarus")
    except InputError as error:
        pytest.skip(str(error))


def printed(icarus, generation, text, tmp_path):
    """Return what a testbench prints at the end of the first nanosecond."""
    bench = "module bench; wire [3:0] c, s, p; reg clk = 0;\n"
    bench += "constants dut(.clk(clk), .rst(1'b0), .chosen(c), .state(s), .parts(p));\n"
    bench += 'initial #1 $display("%b %b %b", c, s, p);\nendmodule\n'
    (tmp_path / "dut.v").write_text(f"{text}\n{bench}")
    built = tmp_path / f"{generation}.vvp"
    command = [str(icarus.executable), f"-g{generation}", "-s", "bench", "-o", str(built), str(tmp_path / "dut.v")]
    subprocess.run(command, check=True, timeout=60)
    return subprocess.run(
        [shutil.which("vvp"), str(built)], check=True, timeout=60, capture_output=True, text=True
    ).stdout.strip()


@pytest.mark.parametrize("generation", GENERATIONS)
def test_what_never_changes_is_known_from_the_start(icarus, generation, tmp_path):
    text = to_verilog(Constants(), "constants")
    assert re.search(r"^  always @\* begin$", text, re.MULTILINE)
    assert printed(icarus, generation, text, tmp_path) == "1001 0101 1001"


def test_registers_are_assigned_at_their_clock():
    text = start_processes(clock_processes(RAW))
    assert (
        text
        == r"""module top(clk, i, o);
  reg at_start;
  reg [1:0] \$2 ;
  reg [1:0] x = 2'h1;
  reg [2:0] y;
  always @(posedge clk) begin
    if (i) begin
      x[0] <= 1'h0;
      x[1] <= x[0];
    end
  end
  always @* begin
    if (at_start) begin end
    \$2  = 2'h0;
  end
  always @* begin
    if (at_start) begin end
    y[0] = x[0];
  end
  assign o = \$2 ;
  // Has every `always @*` run once, also where nothing that it reads ever changes.
  initial at_start = 1'h0;
endmodule
"""
    )


def test_a_value_that_is_read_elsewhere_stays():
    text = RAW.replace(r"assign o = \$2 ;", r"assign o = \$1 ;")
    assert clock_processes(text) == text


def test_the_name_of_the_event_is_free():
    text = start_processes(RAW.replace(" y", " at_start"))
    assert "  reg at_start_2;\n" in text
    assert "  initial at_start_2 = 1'h0;\n" in text
    assert text.count("if (at_start_2) begin end") == 3


@pytest.mark.parametrize("text", ["", "// nothing\n", "module top(a);\n  assign b = a;\nendmodule\n"])
def test_text_without_processes_stays(text):
    assert start_processes(clock_processes(text)) == text


@pytest.mark.parametrize("name", ["smallest", "one_pixel", "macro_column"])
def test_no_process_depends_on_the_value_of_a_declaration(name):
    """Each has the event; most registers are in none."""
    contents = program(name, 1)
    text = to_verilog(AxiCore(contents.config, contents), "core")
    processes = re.findall(r"^  always @\*(.*(?:\n.*){2})", text, re.MULTILINE)
    assert processes
    assert {process.strip().splitlines()[1].strip() for process in processes} == {"if (at_start) begin end"}
    assert "$auto" not in text
    assert len(re.findall(r"^  always @\(posedge clk\)", text, re.MULTILINE)) > 4 * len(processes)
