"""Mutants of a netlist: what shows at the ports, and what is proved to do nothing."""

import numpy as np
import pytest

from flows.base.yosys import Yosys
from flows.engine.build import build_kernel, lower
from flows.engine.forces import Place
from flows.engine.mutation import Mutant, draw_mutants, kill
from flows.engine.proof import Invariants, Verdict, find_invariants, prove
from hdl.config import InputError

#: `state` never is 3; `carry` of the sum is not used; `twice` is `a` again.
VERILOG = """
module top(input clk, input [3:0] a, input [3:0] b, output [3:0] sum, output reg [1:0] state, output odd, output out);
  wire [3:0] twice = a & (a | b);
  assign sum = twice + b;
  initial state = 0;
  always @(posedge clk) state <= state == 2 ? 0 : state + 1;
  assign odd = state == 3;
  assign out = odd ? a[0] : b[0];
endmodule
"""


@pytest.fixture(scope="module")
def netlist():
    return lower(VERILOG.encode(), "top", "clk", yosys=Yosys.find())


def all_outputs(outputs):
    return np.concatenate(list(outputs.values()))


def stimulus(netlist, cycles=60):
    rng = np.random.default_rng(1)
    return rng.integers(0, 2, (cycles, sum(len(bits) for bits in netlist.inputs.values())), dtype=np.uint8)


def test_killed_and_equal_are_all(netlist):
    """With all values of the inputs and states, a mutant either shows or does nothing, and never both."""
    mutants = draw_mutants(netlist, 60, seed=3)
    first = kill(build_kernel(), netlist, mutants, stimulus(netlist, 3000), all_outputs)
    (flip_flops,) = netlist.flip_flops
    invariants = find_invariants(netlist, [(flip_flops.q, frozenset({0, 1, 2}))], limit=1000)
    assert len(invariants.words) == 1
    equal = [prove(netlist, each, invariants, limit=1000) is Verdict.EQUAL for each in mutants]
    assert [cycle < 0 for cycle in first] == equal
    assert 0 < sum(equal) < len(mutants)


def test_an_invariant_is_proved_not_believed(netlist):
    (flip_flops,) = netlist.flip_flops
    assert find_invariants(netlist, [(flip_flops.q, frozenset({0, 1}))], limit=1000).words == []


def test_a_state_that_is_not_reached(netlist):
    """Only the invariant tells that `odd` is always 0."""
    (bit,) = netlist.outputs["odd"]
    mutant = Mutant(number=0, kind="stuck-0", place=Place(bit=int(bit)), cell="", port="")
    (flip_flops,) = netlist.flip_flops
    known = Invariants([(flip_flops.q, frozenset({0, 1, 2}))])
    assert prove(netlist, mutant, known, limit=1000) is Verdict.EQUAL
    assert prove(netlist, mutant, Invariants([]), limit=1000) is Verdict.UNKNOWN


def test_mutants_are_those_of_the_seed(netlist):
    first, again, other = (draw_mutants(netlist, 20, seed) for seed in (3, 3, 4))
    assert first == again != other
    assert len(set(first)) == 20
    with pytest.raises(InputError, match=r"mutants must be at most those that the netlist has, some \d+, not 100000"):
        draw_mutants(netlist, 100_000, 3)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("tiny", "--mutants", 0), "mutants must be at least 1, not 0"),
        (("tiny", "--rounds", -1), "rounds must be at least 1, not -1"),
        (("tiny", "--limit", 0), "limit must be at least 1, not 0"),
    ],
)
def test_bad_numbers(refused, arguments, complaint):
    assert refused("campaign", *arguments) == complaint
