"""From Verilog to a netlist and to a machine, on small modules whose results are known."""

import re
from unittest.mock import Mock

import numpy as np
import pytest

from flows.base.yosys import Yosys
from flows.engine.build import build_kernel, lower
from flows.engine.machine import Machine
from flows.engine.program import compile_netlist
from hdl.caches import VARIABLE, cache_directory
from hdl.config import InputError

ARITHMETIC = """
module top(input clk, input [7:0] a, input [7:0] b, input signed [4:0] s, input [2:0] n,
           output [8:0] sum, output [7:0] difference, output [15:0] product, output [7:0] left, output [7:0] right,
           output signed [4:0] arithmetic, output less, output at_most, output signed_less, output same, output some,
           output parity, output [7:0] chosen, output [7:0] inverted, output signed [9:0] negative);
  assign sum = a + b;
  assign difference = a - b;
  assign product = a * b;
  assign left = a << n;
  assign right = a >> n;
  assign arithmetic = s >>> n;
  assign less = a < b;
  assign at_most = a <= b;
  assign signed_less = s < $signed(b[4:0]);
  assign same = a == b;
  assign some = |a && !(&b);
  assign parity = ^a;
  assign chosen = n[0] ? a : n[1] ? b : a ^ b;
  assign inverted = ~(a | b);
  assign negative = -s;
endmodule
"""

STATE = """
module top(input clk, input [1:0] address, input [3:0] data, input write, input [1:0] read, output reg [3:0] count,
           output [3:0] word);
  reg [3:0] words [0:3];
  initial words[0] = 1;
  initial words[1] = 2;
  initial words[2] = 3;
  initial words[3] = 4;
  initial count = 5;
  always @(posedge clk) begin
    if (write) words[address] <= data;
    if (write) count <= count + data;
  end
  assign word = words[read];
endmodule
"""


def machine(verilog, *, portable=False, varying=None):
    netlist = lower(verilog.encode(), "top", "clk", yosys=Yosys.find())
    made = Machine(build_kernel(portable=portable), netlist, compile_netlist(netlist, varying=varying))
    made.reset()
    return made


def give(own, name, values):
    """Give each lane its value."""
    bits = own.netlist.inputs[name]
    planes = (values[None] >> np.arange(len(bits))[:, None] & 1).astype(np.uint8)
    own.set_lanes(bits, np.packbits(planes, axis=1, bitorder="little").view(np.uint64))


def taken(own, name):
    """Return the value of each lane."""
    planes = np.unpackbits(own.get_lanes(own.netlist.outputs[name]).view(np.uint8), axis=1, bitorder="little")
    return (planes.astype(np.int64) << np.arange(len(planes))[:, None]).sum(axis=0)


@pytest.mark.parametrize("portable", [False, True])
def test_arithmetic(portable):
    own = machine(ARITHMETIC, portable=portable)
    rng = np.random.default_rng(1)
    a, b, s, n = (rng.integers(0, 1 << width, own.lanes) for width in (8, 8, 5, 3))
    b[:9] = a[:9]
    for name, values in zip("absn", (a, b, s, n), strict=True):
        give(own, name, values)
    own.evaluate()
    signed, signed_b = (s ^ 16) - 16, ((b & 31) ^ 16) - 16
    expected = {
        "sum": a + b,
        "difference": (a - b) & 255,
        "product": a * b,
        "left": a << n & 255,
        "right": a >> n,
        "arithmetic": signed >> n & 31,
        "less": a < b,
        "at_most": a <= b,
        "signed_less": signed < signed_b,
        "same": a == b,
        "some": (a > 0) & (b < 255),
        "parity": np.array([value.bit_count() % 2 for value in a.tolist()]),
        "chosen": np.where(n & 1, a, np.where(n & 2, b, a ^ b)),
        "inverted": ~(a | b) & 255,
        "negative": -signed & 1023,
    }
    assert set(expected) == set(own.netlist.outputs)
    for name, values in expected.items():
        assert (taken(own, name) == values).all(), name


@pytest.mark.parametrize("portable", [False, True])
@pytest.mark.parametrize("differing", [("address", "data", "write", "read"), ("data",), ("read",), ("write", "read")])
def test_state_and_memory(portable, differing):
    """Each lane is a machine of its own, whatever differs between them."""
    netlist = lower(STATE.encode(), "top", "clk", yosys=Yosys.find())
    varying = [netlist.inputs[name] for name in differing]
    own = machine(STATE, portable=portable, varying=varying)
    rng = np.random.default_rng(2)
    words = np.tile(np.array([1, 2, 3, 4]), (own.lanes, 1))
    count = np.full(own.lanes, 5)
    lanes = np.arange(own.lanes)
    for _ in range(20):
        given = {}
        for name, width in (("address", 2), ("data", 4), ("write", 1), ("read", 2)):
            given[name] = rng.integers(0, 1 << width, own.lanes if name in differing else 1) * np.ones_like(lanes)
            if name in differing:
                give(own, name, given[name])
            else:
                own.set(own.netlist.inputs[name], int(given[name][0]))
        own.evaluate()
        assert (taken(own, "count") == count).all()
        assert (taken(own, "word") == words[lanes, given["read"]]).all()
        own.edge()
        write = given["write"] == 1
        words[lanes[write], given["address"][write]] = given["data"][write]
        count = np.where(write, count + given["data"] & 15, count)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("wire x; assign x = ~(x & a); assign y = x;", "verilog must have no combinational loop, not one through"),
        ("wire x, z; assign x = z ^ a; assign z = x | a; assign y = x;", "verilog must have no combinational loop"),
        ("reg q; always @* if (a) q = b; assign y = q;", "verilog must have no cells but those that the engine knows"),
        ("reg q; always @(negedge clk) q <= a; assign y = q;", "verilog must have flip-flops of the rising edge alone"),
        ("reg q; always @(posedge b) q <= a; assign y = q;", "verilog must have no clock but 'clk', not that of"),
        ("reg q; always @(posedge clk or posedge b) if (b) q <= 0; else q <= a; assign y = q;", "cells but those"),
        ("assign y = a ? {3{b}} / 3'd3 : b;", "verilog must have no cells but those that the engine knows, not $div"),
        ("wire x; assign y = x & a;", "verilog must drive every net that is used"),
        ("syntax error", "verilog must be what Yosys can read"),
    ],
)
def test_what_the_engine_refuses(body, complaint):
    with pytest.raises(InputError, match=re.escape(complaint)):
        machine(f"module top(input clk, input a, input b, output y); {body} endmodule")


def test_a_net_that_is_not_there():
    own = machine(STATE)
    with pytest.raises(InputError, match=r"such as count.*, not 'cuont'"):
        own.netlist.find("cuont")


def tables(verilog_of):
    """Return a module whose output k is the k-th function of three words, bit by bit."""
    lines = []
    for table in range(256):
        terms = [verilog_of(row) for row in range(8) if table >> row & 1] or ["8'd0"]
        lines.append(f"  assign y{table} = {' | '.join(terms)};")
    ports = ", ".join(f"output [7:0] y{table}" for table in range(256))
    body = "\n".join(lines)
    return f"module top(input clk, input [7:0] a, input [7:0] b, input [7:0] c, input d, {ports});\n{body}\nendmodule"


def term(row):
    return (
        "("
        + " & ".join(f"{'' if row >> place & 1 else '~'}{name}" for name, place in zip("abc", (2, 1, 0), strict=True))
        + ")"
    )


@pytest.mark.parametrize("portable", [False, True])
@pytest.mark.parametrize("differing", ["abc", "ab", "ca", "b"])
def test_all_functions_of_three_words(portable, differing):
    """Each becomes one instruction, whatever of its operands differs between lanes."""
    own = machine(tables(term), portable=portable, varying=None if differing == "abc" else [])
    if differing != "abc":
        netlist = own.netlist
        program = compile_netlist(netlist, varying=[netlist.inputs[name] for name in differing])
        own = Machine(build_kernel(portable=portable), netlist, program)
    assert len(own.program.instructions) + len(own.program.uniform) <= 3 * 256
    rng = np.random.default_rng(3)
    for _ in range(2):
        values = {}
        for name in "abc":
            values[name] = rng.integers(0, 256, own.lanes)
            if name in differing:
                give(own, name, values[name])
            else:
                values[name][:] = values[name][0]
                own.set(own.netlist.inputs[name], int(values[name][0]))
        own.evaluate()
        index = [
            sum((values[name] >> bit & 1) << place for name, place in zip("abc", (2, 1, 0), strict=True))
            for bit in range(8)
        ]
        for table in range(256):
            expected = sum((table >> each & 1) << bit for bit, each in enumerate(index))
            assert (taken(own, f"y{table}") == expected).all(), table


WAITING = """
module top(input clk, input [39:0] data, input [39:0] weight, input load, input count, input [1:0] which,
           output [39:0] held, output reg [5:0] ones, output reg [39:0] chosen, output [39:0] now);
  reg [39:0] kept = 0, other = 0;
  reg [5:0] total;
  integer place;
  always @* begin
    total = 0;
    for (place = 0; place < 40; place = place + 1) total = total + (kept[place] == weight[place]);
  end
  initial ones = 0;
  initial chosen = 0;
  always @(posedge clk) begin
    if (load) kept <= data;
    other <= kept & ~other;
    if (count) ones <= ones + total;
    if (which[1]) chosen <= which[0] ? kept ^ (data | other) : {40{other[3]}} & data;
  end
  assign held = kept;
  assign now = which[0] ? data ^ weight : other;
endmodule
"""


@pytest.mark.parametrize("portable", [False, True])
def test_what_waits_keeps_its_value(portable):
    """Nothing is left out that counts, in any order of loads, holds and changes of what lanes share."""
    netlist = lower(WAITING.encode(), "top", "clk", yosys=Yosys.find())
    program = compile_netlist(netlist, varying=[netlist.inputs["data"]])
    own = Machine(build_kernel(portable=portable), netlist, program)
    own.reset()
    rng = np.random.default_rng(4)
    mask = (1 << 40) - 1
    kept, other, ones, chosen = np.zeros((4, own.lanes), dtype=np.int64)
    weight = 0
    for cycle in range(200):
        data = rng.integers(0, 1 << 40, own.lanes)
        if cycle == 0 or rng.random() < 0.7:
            given = data
            give(own, "data", given)
        if rng.random() < 0.3:
            weight = int(rng.integers(0, 1 << 40))
        load, count, which = int(rng.random() < 0.3), int(rng.random() < 0.4), int(rng.integers(0, 4))
        for name, value in (("weight", weight), ("load", load), ("count", count), ("which", which)):
            own.set(netlist.inputs[name], value)
        if cycle % 50 == 20:
            # State from outside.
            other = rng.integers(0, 1 << 40, own.lanes)
            planes = (other[None] >> np.arange(40)[:, None] & 1).astype(np.uint8)
            own.set_lanes(netlist.find("other"), np.packbits(planes, axis=1, bitorder="little").view(np.uint64))
        own.evaluate()
        for name, expected in (("held", kept), ("ones", ones), ("chosen", chosen)):
            assert (taken(own, name) == expected).all(), (cycle, name)
        assert (taken(own, "now") == (given ^ weight if which & 1 else other)).all(), cycle
        own.edge()
        agree = ~(kept ^ weight) & mask
        total = np.array([value.bit_count() for value in agree.tolist()])
        if which & 2:
            chosen = kept ^ (given | other) if which & 1 else np.where(other >> 3 & 1, given, 0)
        ones = (ones + total) & 63 if count else ones
        other, kept = kept & ~other & mask, given if load else kept


def entries():
    return sorted(path.relative_to(cache_directory()) for path in cache_directory().rglob("*"))


def test_netlists_are_kept(tmp_path, monkeypatch):
    """A second time Yosys is not needed, for another Verilog, top or clock it is."""
    yosys = Yosys.find()
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    first = lower(STATE.encode(), "top", "clk", yosys=yosys)
    kept = entries()
    assert kept

    monkeypatch.setattr("flows.engine.build.run_program", Mock(side_effect=RuntimeError("Yosys is run")))
    second = lower(STATE.encode(), "top", "clk", yosys=yosys)
    assert second.to_bytes() == first.to_bytes()
    assert entries() == kept
    for verilog, top, clock in ((ARITHMETIC, "top", "clk"), (STATE, "other", "clk"), (STATE, "top", "write")):
        with pytest.raises(RuntimeError, match="Yosys is run"):
            lower(verilog.encode(), top, clock, yosys=yosys)


@pytest.mark.parametrize("body", ["syntax error", "assign y = a / b;"], ids=["of Yosys", "of the engine"])
def test_a_refused_verilog_leaves_nothing_behind(body, tmp_path, monkeypatch):
    yosys = Yosys.find()
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    lower(STATE.encode(), "top", "clk", yosys=yosys)
    kept = entries()
    broken = f"module top(input clk, input a, input b, output y); {body} endmodule"
    with pytest.raises(InputError, match=r"^verilog must "):
        lower(broken.encode(), "top", "clk", yosys=yosys)
    left = entries()
    # The lock of an entry is no entry.
    assert [path for path in left if path.suffix != ".lock"] == [path for path in kept if path.suffix != ".lock"]
    assert not [path for path in left if path.name.startswith(".unfinished-")]
