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
    text += rest.partition("[random]")[2] + "\n[macro]\ntolerance = 2\nmax_pulses = 6\nreference_reads = 8\n"
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
        (["--layers"], "layers must be omitted with macros"),
        (["--deterministic"], "deterministic must be omitted with macros"),
    ],
)
def test_refusals(refused, config, products, arguments, message):
    assert refused("simulate", config, "-o", products.directory, *arguments).startswith(message)


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
            for layer in config.layers:
                for tile in range(layer.arrays):
                    model.arrays.calibrate(layer, tile)
        found = torch.from_numpy(driver.run(pixels.numpy()).logits)
        assert (found == model.logits(pixels, passes=passes, first_pass=done)).all()
        done += len(pixels) * passes
        seen.append(found)
    assert (seen[1] != seen[2]).any()
    codes = [code for layer in model.arrays.references for code in layer]
    assert any((code != config.macro.reference_reset).any() for code in codes)
