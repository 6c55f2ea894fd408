"""A block, its proof, its testbench and its test stand in rooms of the same name."""

import ast
from pathlib import Path

import pytest

from cocotb_tests.blocks.blocks import BLOCKS as SIMULATED
from cocotb_tests.mutants.mutants import MUTANTS
from hdl.proofs import BLOCKS as PROVED
from hdl.proofs import ROOMS

ROOT = Path(__file__).parents[1]

#: The four trees, and how the name of a block's file begins in each.
HDL, PROOFS, TESTBENCHES, TESTS = (
    (ROOT / "hdl", ""),
    (ROOT / "hdl/proofs", ""),
    (ROOT / "cocotb_tests/tb", "tb_"),
    (ROOT / "tests/hdl", "test_"),
)

#: The whole core is a room of its own in the other trees.
CORE = "core"

_PREDICTIVE = "cocotb_tests/tb/results/predictive/tb_predictive.py"
_MACRO_CORE = "cocotb_tests/tb/core/tb_macro_core.py"
_CORE = "cocotb_tests/tb/core/tb_core.py"
_AXI_CORE = "cocotb_tests/tb/axi/tb_axi_core.py"

#: Blocks that have no testbench of their own, and the one that they are simulated in.
WITHOUT_TESTBENCH = {
    "axi/axi_lite": _AXI_CORE,
    "axi/packet_input": _AXI_CORE,
    "axi/packet_output": _AXI_CORE,
    "control/counters": "cocotb_tests/tb/control/tb_control.py",
    "control/register_file": "cocotb_tests/tb/control/tb_control.py",
    "crossbar/macro/converted_counts": _MACRO_CORE,
    "crossbar/macro/level_comparator": _MACRO_CORE,
    "crossbar/macro/macro_access": _MACRO_CORE,
    "crossbar/macro/macro_calibration": _MACRO_CORE,
    "crossbar/macro/macro_array": _MACRO_CORE,
    "lanes/adder": "cocotb_tests/tb/lanes/tb_popcount.py",
    "lanes/agreement_counter": "cocotb_tests/tb/lanes/tb_popcount.py",
    "results/result_join": "cocotb_tests/tb/core/tb_core.py",
    "results/predictive/accumulation": _PREDICTIVE,
    "results/predictive/differences": _PREDICTIVE,
    "results/predictive/divider": _PREDICTIVE,
    "results/predictive/exponentials": _PREDICTIVE,
    "results/predictive/measures": _PREDICTIVE,
    "results/predictive/normalization": _PREDICTIVE,
    "results/predictive/softmax": _PREDICTIVE,
    "control/commands": "cocotb_tests/tb/control/tb_control.py",
    "control/in_flight": "cocotb_tests/tb/control/tb_control.py",
    "control/interrupts": "cocotb_tests/tb/control/tb_control.py",
    "control/register_access": "cocotb_tests/tb/control/tb_control.py",
    "control/row_outcome": "cocotb_tests/tb/control/tb_control.py",
    "crossbar/macro/reference_codes": _MACRO_CORE,
    "crossbar/read_sequencer": "cocotb_tests/tb/crossbar/tb_crossbar.py",
    "inputs/layer_input": _CORE,
    "inputs/pixel_input": _CORE,
    "passes/pass_unit": _CORE,
    "results/result_unit": _CORE,
    "stochastic/draw_watch": _CORE,
    "results/logit_unit": _CORE,
    "results/logit_scaler": "cocotb_tests/tb/results/tb_logit_correction.py",
    "results/moments": "cocotb_tests/tb/results/tb_statistics.py",
    "results/votes": "cocotb_tests/tb/results/tb_statistics.py",
    "results/predictive/probability_sums": _PREDICTIVE,
    "results/predictive/surprise_sum": _PREDICTIVE,
    "stochastic/self_test_bank": "cocotb_tests/tb/stochastic/tb_unit_faults.py",
}

_TEST_OF_PREDICTIVE = "tests/hdl/results/predictive/test_predictive.py"

#: Blocks that have no test in pysim of their own, and the one that they are tested in.
WITHOUT_TEST = {
    # With the Verilog of a core behind the driver.
    "axi/axi_core": "tests/driver/test_driver.py",
    "control/counters": "tests/hdl/control/test_control.py",
    "control/register_file": "tests/hdl/control/test_control.py",
    "crossbar/macro/converted_counts": "tests/hdl/crossbar/macro/test_macro_array.py",
    "lanes/agreement_counter": "tests/hdl/lanes/test_popcount.py",
    "neurons/mean_comparator": "tests/hdl/neurons/test_inverted_normalization.py",
    "neurons/mean_unit": "tests/hdl/neurons/test_inverted_normalization.py",
    "results/result_join": "tests/hdl/core/test_core_predictive.py",
    "results/predictive/accumulation": _TEST_OF_PREDICTIVE,
    "results/predictive/differences": _TEST_OF_PREDICTIVE,
    "results/predictive/exponentials": _TEST_OF_PREDICTIVE,
    "results/predictive/measures": _TEST_OF_PREDICTIVE,
    "results/predictive/normalization": _TEST_OF_PREDICTIVE,
    "results/predictive/softmax": _TEST_OF_PREDICTIVE,
    "control/commands": "tests/hdl/control/test_control.py",
    "control/interrupts": "tests/hdl/control/test_control.py",
    "control/register_access": "tests/hdl/control/test_control.py",
    "control/row_outcome": "tests/hdl/control/test_control.py",
    "crossbar/macro/reference_codes": "tests/hdl/crossbar/macro/test_macro_access.py",
    "crossbar/read_sequencer": "tests/hdl/crossbar/test_crossbar.py",
    "inputs/layer_input": "tests/hdl/core/test_core.py",
    "inputs/pixel_input": "tests/hdl/core/test_core.py",
    "passes/pass_unit": "tests/hdl/core/test_core.py",
    "stochastic/draw_watch": "tests/hdl/core/test_core.py",
    "results/logit_scaler": "tests/hdl/results/test_logit_correction.py",
    "results/moments": "tests/hdl/results/test_statistics.py",
    "results/votes": "tests/hdl/results/test_statistics.py",
    "results/predictive/probability_sums": _TEST_OF_PREDICTIVE,
    "results/predictive/surprise_sum": _TEST_OF_PREDICTIVE,
}

_NO_SOLVER = "no solver does it as a whole; its parts are proved"

_CONNECTIONS = "a list of connections, whose parts are proved"

_SIMULATED = "simulated only, within Predictive"

#: Blocks that are not proved, and the proof that they are part of, or why not.
WITHOUT_PROOF = {
    "core/core": _NO_SOLVER,
    "axi/axi_core": _NO_SOLVER,
    "control/counters": "hdl/proofs/control/control.py",
    "control/register_file": "hdl/proofs/control/control.py",
    "crossbar/array": "hdl/proofs/crossbar/crossbar.py",
    "crossbar/macro/macro_access": _NO_SOLVER,
    "crossbar/macro/macro_array": _NO_SOLVER,
    "crossbar/macro/macro_calibration": _CONNECTIONS,
    "neurons/affine_transform": "a sum of products, which is simulated with every gain and every count",
    "neurons/dropout_neuron": _NO_SOLVER,
    "neurons/inverted_normalization": _NO_SOLVER,
    "results/predictive/accumulation": _SIMULATED,
    "results/predictive/differences": _SIMULATED,
    "results/predictive/measures": _SIMULATED,
    "results/predictive/predictive": _NO_SOLVER,
    "results/predictive/softmax": _SIMULATED,
    "control/commands": "hdl/proofs/control/control.py",
    "control/in_flight": "hdl/proofs/control/control.py",
    "control/interrupts": "hdl/proofs/control/control.py",
    "control/register_access": "hdl/proofs/control/control.py",
    "control/row_outcome": "hdl/proofs/control/control.py",
    "crossbar/macro/reference_codes": _NO_SOLVER,
    "crossbar/read_sequencer": "hdl/proofs/crossbar/crossbar.py",
    "inputs/layer_input": _CONNECTIONS,
    "inputs/pixel_input": _CONNECTIONS,
    "passes/pass_unit": _CONNECTIONS,
    "results/result_unit": _CONNECTIONS,
    "stochastic/draw_watch": _CONNECTIONS,
    "streams/queued_branch": _CONNECTIONS,
    "results/logit_unit": _CONNECTIONS,
    "results/logit_scaler": "hdl/proofs/results/logit_correction.py",
    "results/moments": "hdl/proofs/results/statistics.py",
    "results/votes": "hdl/proofs/results/statistics.py",
    "results/predictive/probability_sums": _SIMULATED,
    "results/predictive/surprise_sum": _SIMULATED,
}

#: Testbenches of whole cores that are no blocks, and what they are for.
OF_CORES = {
    "core/driver": "the driver on a core",
    "core/macro_core": "a core with a device model around it",
    "core/throughput": "a core at full speed, for measurements",
    "stochastic/entropy": "a core whose draws come from outside and are faulty",
    "stochastic/unit_faults": "a core with several sources, of which one is faulty",
}


def files(tree):
    """Return the files in the rooms of a tree, as room and name."""
    root, prefix = tree
    paths = [path.relative_to(root).with_suffix("") for path in root.rglob(f"{prefix}*.py")]
    rooms = {room.replace(".", "/") for room in ROOMS} | {CORE}
    return {
        f"{path.parent.as_posix()}/{path.name.removeprefix(prefix)}"
        for path in paths
        if path.parent.as_posix() in rooms and not path.name.startswith("__")
    }


def is_component(path):
    classes = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]
    return any(ast.unparse(base).endswith("Component") for node in classes for base in node.bases)


MODULES = files(HDL) | {f"{CORE}/core"}
BLOCKS = {name for name in MODULES if is_component(ROOT / "hdl" / f"{name.removeprefix('core/')}.py")}


def test_every_room_of_blocks_is_known():
    """Elsewhere is no component but what proofs are made with."""
    found = {path for path in (ROOT / "hdl").rglob("*.py") if is_component(path)}
    components = {path for path in found if "proofs" not in path.relative_to(ROOT).parts}
    assert components == {ROOT / "hdl" / f"{name.removeprefix('core/')}.py" for name in BLOCKS}
    assert len({name.rpartition("/")[2] for name in BLOCKS}) == len(BLOCKS)


@pytest.mark.parametrize(
    ("tree", "without"),
    [(TESTBENCHES, WITHOUT_TESTBENCH), (TESTS, WITHOUT_TEST), (PROOFS, WITHOUT_PROOF)],
    ids=["testbenches", "tests", "proofs"],
)
def test_every_block_has_its_file_in_the_same_room(tree, without):
    assert BLOCKS - files(tree) == without.keys()
    for reason in without.values():
        assert not reason.endswith(".py") or (ROOT / reason).is_file(), reason


def test_every_proof_is_of_a_block_in_the_same_room():
    assert files(PROOFS) <= BLOCKS
    assert {name.rpartition("/")[2] for name in files(PROOFS)} == PROVED.keys()


def test_every_testbench_is_of_a_block_in_the_same_room():
    assert files(TESTBENCHES) - BLOCKS == OF_CORES.keys()
    # The others are run by tests of their own and by a measurement.
    assert {name.rpartition("/")[2] for name in files(TESTBENCHES)} - SIMULATED.keys() == {"driver", "throughput"}


def test_every_test_is_of_a_module_in_the_same_room():
    """Or of some side of it, which its name says after the module's."""
    for name in files(TESTS):
        assert any(name == module or name.startswith(f"{module}_") for module in MODULES), name


def test_every_deliberate_bug_is_in_a_block():
    assert {mutant.file(ROOT / "hdl") for mutant in MUTANTS} <= {ROOT / "hdl" / f"{name}.py" for name in BLOCKS}
