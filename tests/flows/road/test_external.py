"""Core with external draws and a self-test.

From its Program to the logits of its Verilog.
"""

import json
import subprocess

import numpy as np
import pytest

from cocotb_tests.runner.simulators import find_simulator
from flows.road.native import NativeCore, build_library
from flows.road.native.preparation import start
from golden.draws import stochastic_unit
from golden.model import IntegerModel
from golden.randomness import core_limits
from hdl.config import CoreConfig, InputError
from hdl.contract import Program, Register

from ..conftest import TINY

INPUTS, PASSES = 120, 5


#: Changes to `tiny`: only the source, and two units for three bits, whose beats are not whole bytes.
ONE, TWO = (
    (),
    (
        ("hidden = [16, 16]", "hidden = [16, 16, 16]"),
        ("p = [0.125, 0.125]", "p = [0.125, 0.25, 0.125]"),
        ("draw_bits = 4", "draw_bits = 5\nunits = 2"),
    ),
)


@pytest.fixture(scope="module", params=[ONE, TWO], ids=["one", "two"])
def core(request, tmp_path_factory):
    """Configuration file and products of a core with random integers."""
    from flows.cli import run

    directory = tmp_path_factory.mktemp("external")
    path = directory / "fed.toml"
    text = TINY.replace("[random]\n", '[random]\nsource = "external"\n').replace('name = "tiny"', 'name = "fed"')
    for old, new in request.param:
        assert text.count(old) == 1
        text = text.replace(old, new)
    limits = core_limits(CoreConfig.parse(text))
    section = "".join(f"{name} = {value}\n" for name, value in limits.model_dump().items())
    path.write_text(f"{text}\n[self_test]\n{section}")
    for command in (["lower", "--random", "5"], ["generate"]):
        assert run([command[0], str(path), "-o", str(directory), *command[1:]]) == 0
    return path, directory


@pytest.mark.slow
def test_simulation_agrees_with_golden(bayescim, core):
    """On two cores side by side, each given the draws of its part; layers too."""
    path, directory = core
    arguments = ("--inputs", INPUTS, "--passes", PASSES, "--random-pixels", 3, "--layers", "--json")
    answer = bayescim("simulate", path, "-o", directory, *arguments)
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)
    assert found["equivalence"]["mismatches"] == 0 < found["equivalence"]["compared"]
    assert found["simulator"]["workers"] > 1
    assert all(each["mismatches"] == 0 < each["compared"] for each in found["layers"]["layers"])


@pytest.mark.slow
def test_each_draw_is_used_once(core):
    """Other draws give other logits, golden's; the self-tests count them; without draws the core waits."""
    path, directory = core
    config = CoreConfig.load(path)
    program = Program.load(directory / "fed.npz", config)
    native = NativeCore(build_library(directory / "fed.v", config.name), config)
    start(native, program, PASSES, inputs=0)
    rng = np.random.default_rng(4)
    draws = rng.integers(0, 2**config.random.draw_bits, (6, PASSES, config.stochastic.mask_width))
    pixels = rng.integers(0, 2**config.network.input_bits, (6, config.network.inputs))
    native.feed(draws)
    logits, _ = native.run(pixels, PASSES)
    masks = stochastic_unit.kept(config, program.codes, draws)
    expected = IntegerModel(program).logits(pixels, masks=masks)
    assert (logits == expected.numpy()).all()
    assert (logits != IntegerModel(program).logits(pixels, passes=PASSES).numpy()).any()
    assert native.unused_draws == 0
    counted = 0
    for unit in range(config.stochastic.shared):
        if config.stochastic.shared > 1:
            native.write(Register.SELF_TEST_UNIT, unit)
        counted += native.read(Register.SELF_TEST_DRAWS)
        assert native.read(Register.SELF_TEST) == 0
    assert counted == draws.size


def test_a_core_with_a_register_takes_no_draws(products):
    config = products.config
    native = NativeCore(build_library(products.verilog, config.name), config)
    with pytest.raises(InputError, match=r"^draws must not be given to a core with random\.source 'lfsr'$"):
        native.feed(np.zeros(3, dtype=int))


@pytest.mark.usefixtures("icarus")
def test_the_testbench_of_the_folder_passes(core, tmp_path):
    """It gives the draws, and counts them."""
    _, directory = core
    folder = directory / "ip"
    bench = next(folder.rglob("fed_tb.v"))
    simulator = find_simulator("icarus")
    verilog = next(folder.rglob("fed.v"))
    command = [str(simulator.executable), "-g2005", "-o", str(tmp_path / "bench"), str(bench), str(verilog)]
    subprocess.run(command, check=True)
    run = ["vvp", str(tmp_path / "bench"), "+program"]
    done = subprocess.run(run, cwd=bench.parent, capture_output=True, text=True, check=True)
    assert "PASS" in done.stdout.splitlines()
    assert "FAIL" not in done.stdout
