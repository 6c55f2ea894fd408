"""Mutants of a netlist: what shows at the ports, and what is proved to do nothing."""

import hashlib

import numpy as np
import pytest

from flows.base.yosys import Yosys
from flows.engine.build import build_kernel, lower
from flows.engine.forces import Place
from flows.engine.mutation import Mutant, draw_mutants, kill
from flows.engine.proof import Invariants, Prover, Verdict, find_invariants
from flows.verify.campaign import observed, run_campaign
from flows.verify.campaign_record import CampaignRecord
from hdl.axi import AxiCore
from hdl.config import InputError
from hdl.config.geometries import GEOMETRIES, geometry
from hdl.contract import Register
from hdl.verilog import to_verilog

from ...hdl.config.test_config import to_toml

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

SMALLEST = "two_passes"
ONES = ~np.uint64(0)


@pytest.fixture(scope="module")
def netlist():
    return lower(VERILOG.encode(), "top", "clk", yosys=Yosys.find())


@pytest.fixture(scope="module")
def outputs():
    """Return random words of every output of the smallest core, its valids being 1."""
    verilog = to_verilog(AxiCore(geometry(SMALLEST), None), SMALLEST)
    core = lower(verilog.encode(), SMALLEST, "aclk", yosys=Yosys.find())
    rng = np.random.default_rng(2)
    words = {name: rng.integers(0, 1 << 64, (len(bits), 8), dtype=np.uint64) for name, bits in core.outputs.items()}
    return words | {name: np.full_like(each, ONES) for name, each in words.items() if name.endswith("valid")}


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
    prover = Prover(netlist, invariants)
    equal = [prover.prove(each, limit=1000) is Verdict.EQUAL for each in mutants]
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
    assert Prover(netlist, known).prove(mutant, limit=1000) is Verdict.EQUAL
    assert Prover(netlist, Invariants([])).prove(mutant, limit=1000) is Verdict.UNKNOWN


def test_every_output_is_observed(outputs):
    """Each of its bits, and whatever the valids are where it is no data."""
    seen = observed(outputs)
    bits = [(name, place) for name, words in outputs.items() for place in range(len(words))]
    assert {"irq", "s_axis_tready", "m_axis_tdata", "m_axis_logits_tlast", "s_axi_rresp"} <= outputs.keys()
    for name, place in bits:
        changed = outputs[name].copy()
        changed[place, 3] ^= np.uint64(1 << 17)
        found = observed(outputs | {name: changed}) ^ seen
        assert np.flatnonzero(np.bitwise_or.reduce(found)).tolist() == [3], (name, place)
        assert np.bitwise_or.reduce(found[:, 3]) == 1 << 17, (name, place)


def test_data_count_while_they_are_valid(outputs):
    idle = outputs | {name: np.zeros_like(words) for name, words in outputs.items() if name.endswith("valid")}
    seen = observed(idle)
    hidden = {name for name in outputs if (observed(idle | {name: ~idle[name]}) == seen).all()}
    streams = {f"{stream}_{name}" for stream in ("m_axis", "m_axis_logits") for name in ("tdata", "tlast")}
    assert hidden == streams | {"s_axi_bresp", "s_axi_rdata", "s_axi_rresp"}


def test_mutants_are_those_of_the_seed(netlist):
    first, again, other = (draw_mutants(netlist, 20, seed) for seed in (3, 3, 4))
    assert first == again != other
    assert len(set(first)) == 20
    with pytest.raises(InputError, match=r"mutants must be at most those that the netlist has, some \d+, not 100000"):
        draw_mutants(netlist, 100_000, 3)


def campaign_of_the_smallest(mutants):
    return run_campaign(geometry(SMALLEST), count=mutants, seed=3, rounds=1, limit=500)


def test_a_campaign():
    """Every mutant is one of the three, and what is told of the core and of the run is so."""
    found = campaign_of_the_smallest(20)
    verilog = to_verilog(AxiCore(geometry(SMALLEST), None), SMALLEST)
    assert found.verilog == hashlib.sha256(verilog.encode()).hexdigest()
    assert found.command == f"bayescim campaign {SMALLEST} --mutants 20 --seed 3 --rounds 1 --limit 500"
    assert found.killed + found.equal + len(found.undecided) == found.mutants == 20
    assert found.contradictions == []
    assert found.killed > 0 < found.equal
    assert found.cycles > 1000
    assert found.score == found.killed / (20 - found.equal)


def read_registers(stimulus):
    """Use a core a little, so that little time passes and something shows."""
    stimulus.reset()
    for register in Register:
        stimulus.write(register, 0x5A)
        stimulus.read(register)


def test_a_contradiction(bayescim, tmp_path, monkeypatch):
    """A prover that is wrong of everything is told of everything that shows."""
    path = tmp_path / "smallest.toml"
    path.write_text(to_toml(GEOMETRIES[SMALLEST]))
    monkeypatch.setattr("flows.engine.proof.Prover.prove", lambda *_, **__: Verdict.EQUAL)
    monkeypatch.setattr("flows.verify.campaign.use_everything", lambda stimulus, *_: read_registers(stimulus))
    answer = bayescim("campaign", path, "--mutants", 40, "--rounds", 1, "--limit", 500, "-o", tmp_path / "own.json")
    found = CampaignRecord.read(tmp_path / "own.json", "bayescim campaign")
    assert found.equal == found.mutants == 40
    assert found.killed == len(found.contradictions) > 0
    assert found.undecided == []
    places = [f"{each.kind} at {each.cell} {each.port}" for each in found.contradictions]
    lines = [f"bayescim: {place} is proved equal, and shows" for place in places]
    assert (answer.code, answer.err.splitlines()) == (1, lines)


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
