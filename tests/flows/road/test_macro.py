"""Core with macros in the native harness.

A device model answers every read.
"""

import json

import pytest
import torch

from driver import Driver
from flows.base.products import Products
from flows.cli import run
from flows.road.macro_cells import macro_cells
from flows.road.macro_state import MacroState
from flows.road.native import NativeTransport
from golden.arrays import MacroChip
from golden.data import load
from golden.model import core_model
from hdl.config import CoreConfig
from hdl.contract import Program

from ..conftest import TINY

INPUTS, PASSES = 50, 8


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """A file with `tiny` on macros."""
    before, _, rest = TINY.partition("[bayes]")
    text = f'{before}[bayes]\nmethod = "sampled-weights"\nweight_bits = 4\npasses = 8\nmax_passes = 16\n\n[random]'
    text += rest.partition("[random]")[2] + "\n[macro]\ntolerance = 2\nmax_pulses = 6\ncalibration_reads = 8\n"
    path = tmp_path_factory.mktemp("macro") / "tiny_macro.toml"
    path.write_text(text.replace('name = "tiny"', 'name = "tiny_macro"'))
    return path


@pytest.fixture(scope="module")
def products(config, tmp_path_factory):
    directory = tmp_path_factory.mktemp("products")
    assert run(["lower", str(config), "-o", str(directory), "--random", "3"]) == 0
    assert run(["generate", str(config), "-o", str(directory)]) == 0
    return Products(CoreConfig.load(config), directory)


def test_the_package_tells_of_the_ports(products):
    """And has no testbench, for the arrays are not in the core."""
    readme = (products.package / "README.md").read_text()
    assert "| `macro_<layer>_<row tile>_<column tile>_*` | 3 arrays, outside the core" in readme
    assert not list(products.package.glob("*_tb.v"))
    metadata = json.loads(products.metadata.read_text())
    assert "macro_0_0_0_words" in json.dumps(metadata)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--device", "tin"], "device must be one of"),
        (["--device", "ideal"], "device must have read noise, not 'ideal', which has none"),
        (["--age", 5], "age must be between 20 and 1e+09, not 5"),
        (["--horizon", 1], "horizon must be between 20 and 1e+09, not 1"),
        (["--noise-target", 26], "targets must be between 0 and 25"),
        (["--correct", 1], "correct must be at least 2, not 1"),
        (["--correct", 8, "--inputs", 2, "--random-pixels", 1], "correct must be omitted for random pixels, not 8"),
        (["--layers"], "layers must be omitted with macros"),
        (["--deterministic"], "deterministic must be omitted with macros"),
    ],
)
def test_refusals(refused, config, products, arguments, message):
    assert refused("simulate", config, "-o", products.directory, *arguments).startswith(message)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (["--age", 60], "age"),
        (["--calibrate"], "calibrate"),
        (["--correct", 8], "correct"),
        (["--horizon", 60], "horizon"),
        (["--noise-target", 2], "noise_target"),
    ],
)
def test_only_macros_have_a_chip(refused, tmp_path, arguments, field):
    line = refused("simulate", "tiny", "-o", tmp_path, *arguments)
    assert line.startswith(f"{field} must be omitted for 'tiny', which has no macros, not ")


@pytest.mark.parametrize("arguments", [["--tolerance", 0.3]])
def test_chips_of_macros_have_their_own_tolerance(refused, config, products, arguments):
    line = refused("chips", config, "-o", products.directory, *arguments)
    assert line == "tolerance must be omitted with macros, whose own is in levels, not 0.3"


def test_chips_are_measured_as_their_controller_calibrates_them(bayescim, config, products):
    arguments = ["--chips", 2, "--inputs", 20, "--calibration", 8, "--ages", "86400", "--passes", 2, "--json"]
    answer = bayescim("chips", config, "-o", products.directory, *arguments)
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)
    assert [each["compensation"] for each in found["aged"]] == ["none", "global"]
    assert found["programming"]["pulses_per_cell"] >= 1
    assert all(len(each["recalibrated"]["nll"]["chips"]) == 2 for each in found["aged"])


def test_a_chip_in_a_state_has_its_constants(products):
    """Aged, calibrated and corrected as by hand, and its next reads are those after the ones that were needed."""
    program, images = Program.load(products.program), load(products.config).train_pixels[:6]
    cells = macro_cells(products.config, chip=2, noise_target=2.5, horizon=86400.0)
    state = MacroState(cells=cells, age=3600.0, calibrated=True, images=images)
    chip = state.prepare(program, 3)
    assert chip.first_pass == 18
    twin = core_model(program, cells=cells)
    twin.arrays.chip.age(3600.0)
    twin.arrays.calibrate_all()
    z = twin.pre_activations(images, passes=3)
    assert (chip.model.arrays.references[0][0] == twin.arrays.references[0][0]).all()
    assert (chip.model.pre_activations(images, passes=3) == z).all()
    assert (chip.program.gains != program.gains).any()
    bare = MacroState(cells=cells).prepare(program, 3)
    assert (bare.first_pass, bare.program) == (0, program)


def test_a_netlist_has_no_device_model(refused, config, products):
    assert refused("netlist", config, "-o", products.directory).startswith("macro must be omitted")


@pytest.mark.slow
def test_no_logit_differs(bayescim, config, products):
    arguments = ["--inputs", INPUTS, "--passes", PASSES, "--chip", 3, "--json"]
    answer = bayescim("simulate", config, "-o", products.directory, *arguments)
    assert answer.code == 0, answer.err
    result = json.loads(answer.out)
    assert result["equivalence"]["compared"] == INPUTS * PASSES * products.config.network.classes
    assert result["equivalence"]["mismatches"] == result["equivalence"]["statistics_mismatches"] == 0
    assert result["contents"] == "loaded through the register port"
    again = bayescim("simulate", config, "-o", products.directory, *arguments, "--workers", 2)
    assert json.loads(again.out)["equivalence"]["mismatches"] == 0
    state = ["--age", 2592000, "--calibrate", "--correct", 8, "--noise-target", 2.5, "--horizon", 86400]
    for more in (state, [*state, "--workers", 2]):
        old = json.loads(bayescim("simulate", config, "-o", products.directory, *arguments, *more).out)
        assert old["equivalence"]["mismatches"] == old["equivalence"]["statistics_mismatches"] == 0
        assert old["chip"]["calibrated"]
        assert old["chip"]["age"] == 2592000


@pytest.mark.slow
def test_the_driver_ages_and_calibrates_a_chip(products):
    """Reads and counts equal golden's, and a new search for references changes results."""
    config, cells = products.config, macro_cells(products.config, chip=5)
    program = Program.load(products.program)
    chip = MacroChip(config, cells)
    driver = Driver(NativeTransport(products.verilog, config, chip), config)
    driver.load(program, verify=False)
    model = core_model(program, cells=cells)
    assert (driver.pulses(), driver.failed_cells()) == (model.arrays.pulses, model.arrays.failed)
    assert ("verify" in driver.errors()) == (model.arrays.failed > 0)
    driver.clear_errors()
    driver.configure(logits=True)
    pixels = load(config).test_pixels[:6]
    passes, done, seen = config.bayes.passes, 0, []
    for seconds, calibrate in ((None, False), (30 * 86400.0, False), (30 * 86400.0, True)):
        if seconds is not None:
            chip.age(seconds)
            model.arrays.chip.age(seconds)
        if calibrate:
            driver.calibrate()
            model.arrays.calibrate_all(first_pass=done)
        found = torch.from_numpy(driver.run(pixels.numpy()).logits)
        assert (found == model.logits(pixels, passes=passes, first_pass=done)).all()
        done += len(pixels) * passes
        seen.append(found)
    assert (seen[1] != seen[2]).any()
    codes = [code for layer in model.arrays.references for code in layer]
    assert any((code != config.macro.reference_reset).any() for code in codes)
