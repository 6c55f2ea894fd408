"""The engine against Verilator: every output in every cycle, also of cores with a fault."""

import re

import numpy as np
import pytest

from flows.base.yosys import Yosys
from flows.engine.build import build_kernel, lower
from flows.engine.forces import Fault, Masks, Place, force_nets
from flows.engine.machine import Machine
from flows.engine.program import compile_netlist
from flows.road.stimulus import Stimulus, use_everything
from golden.data import random_program
from hdl.axi import AxiCore
from hdl.config.geometries import geometry
from hdl.verilog import to_verilog

from .witness import build, faulty, packed, played, simulated

FAULTS = 250
MODULE = r"^module \\?(\S+) ?\(.*?^endmodule"
KINDS = ("stuck-0", "stuck-1", "inverted", "flipped")


def recorded(name, *, images):
    """Return the Verilog of a random core, its netlist, and inputs that use all of it."""
    config = geometry(name)
    rng = np.random.default_rng(11)
    program = random_program(config, rng)
    verilog = to_verilog(AxiCore(config, program), name)
    netlist = lower(verilog.encode(), name, "aclk", yosys=Yosys.find())
    stimulus = Stimulus(build_kernel(), netlist, rng)
    use_everything(stimulus, program, images, rng)
    assert all(stimulus.taken.values())
    return verilog, netlist, stimulus.rows


def instances(texts, top, wanted):
    """Return how often module ``wanted`` is in ``top``."""
    if top == wanted:
        return 1
    inner = re.findall(r"^  \\?(\S+) +\S+ +?\($", texts[top], re.MULTILINE)
    return sum(instances(texts, each, wanted) for each in inner if each in texts)


def machine(netlist, *, portable=False):
    own = Machine(build_kernel(portable=portable), netlist, compile_netlist(netlist))
    own.reset()
    return own


def lane(found, index):
    """Return the outputs of one lane as bits of shape (cycles, all ports)."""
    return (found[:, :, index // 64] >> np.uint64(index % 64) & np.uint64(1)).astype(np.uint8)


#: The smallest is in every run of the tests, with words of one width.
SMALLEST = "two_passes"
LARGER = ("tiny", "row", "padded_prefix", "predictive_smallest", "drawn_smallest", "channels")


@pytest.mark.parametrize("name", [SMALLEST, *(pytest.param(name, marks=pytest.mark.slow) for name in LARGER)])
def test_every_output_in_every_cycle(name, tmp_path):
    verilog, netlist, stimulus = recorded(name, images=2 if name == SMALLEST else 8)
    expected = simulated(build(tmp_path, verilog, name, netlist), netlist, stimulus)
    for portable in (False,) if name == SMALLEST else (False, True):
        found = played(machine(netlist, portable=portable), stimulus)
        # All lanes have the same inputs.
        assert (found == np.where(found[:, :, :1] & np.uint64(1), ~np.uint64(0), np.uint64(0))).all()
        assert (packed(netlist.outputs, lane(found, 0)) == expected).all()
    assert np.unpackbits(expected).any()


@pytest.mark.slow
def test_faults_are_those_of_edited_verilog(tmp_path):
    """Each lane has a fault of its own, and the Verilog has all of them, one of which is chosen for a run."""
    verilog, netlist, stimulus = recorded("tiny", images=2)
    rng = np.random.default_rng(12)
    candidates = []
    needed = np.concatenate([bits for each in netlist.operations for bits in each.inputs.values()])
    texts = {each[1]: each[0] for each in re.finditer(MODULE, verilog, re.MULTILINE | re.DOTALL)}
    for module, body in texts.items():
        path = module.removeprefix("tiny").removeprefix(".")
        if instances(texts, "tiny", module) != 1:
            # One module for several instances, and the fault is in one of them.
            continue
        for match in re.finditer(r"^  assign (\S+) +=( .*);$", body, re.MULTILINE):
            net = (path + "." if path else "") + match[1].removeprefix("\\")
            # The mask of a fault would make a signed expression unsigned.
            simple = not re.search(r"[{]|signed|>>>", match[2])
            if simple and re.search(r"[~&|^?+<]|==", match[2]) and net in netlist.names:
                bits = netlist.names[net]
                candidates += [(match[0], module, match[1], place, int(bit)) for place, bit in enumerate(bits)]
    candidates = [each for each in candidates if each[-1] >= 4 and each[-1] in set(needed.tolist())]
    chosen = [candidates[index] for index in rng.choice(len(candidates), FAULTS, replace=False)]
    cycles = rng.integers(100, len(stimulus) - 100, FAULTS).tolist()
    kinds = [KINDS[index % len(KINDS)] for index in range(FAULTS)]

    edits = [
        (module, assign, net, place, kind, cycle)
        for (assign, module, net, place, _), kind, cycle in zip(chosen, kinds, cycles, strict=True)
    ]
    library = build(tmp_path, faulty(verilog, "tiny", edits), "tiny", netlist, fault=True)
    forces = force_nets(netlist, [Place(bit=each[-1]) for each in chosen])
    own = machine(forces.netlist)
    faults = [
        Fault(lane=1 + index, place=index, kind=kind, cycle=cycle)
        for index, (kind, cycle) in enumerate(zip(kinds, cycles, strict=True))
    ]
    own.force(Masks.of(own.program, forces, faults, own.lanes))
    found = played(own, stimulus)
    visible = 0
    for number in range(FAULTS + 1):
        expected = simulated(library, netlist, stimulus, number)
        assert (packed(netlist.outputs, lane(found, number)) == expected).all(), (number, edits[number - 1])
        visible += bool((lane(found, number) != lane(found, 0)).any())
    print(f"{visible} of {FAULTS} faults are visible at the outputs, {len(stimulus)} cycles")
    assert visible > FAULTS // 2
