"""Bad input of each kind.

Each gives one line, exit code 2, and no partly written file.
"""

import re

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from golden.training import seal
from hdl.config import CoreConfig

from ..conftest import TINY, with_epochs


@pytest.mark.parametrize(
    ("good", "bad", "line"),
    [
        (
            "passes = 8",
            "pases = 8",
            r"bayes\.pases is not a field of method 'scale-dropout', whose fields are .* passes \(its value is 8\)",
        ),
        ("rows = 16", "rows = 15", r"array\.rows must be a multiple of rows_per_read \(2\), not 15"),
        ("p = [0.125, 0.125]", "p = [0.125, 1.0]", r"bayes\.p\.1 must be valid, not 1\.0: Input should be less than 1"),
        (
            "p = [0.125, 0.125]",
            "p = [-0.1, 0.125]",
            r"bayes\.p\.0 must be valid, not -0\.1: .* greater than or equal to 0",
        ),
        ("passes = 8", "passes = 0", r"bayes\.passes must be valid, not 0: .* greater than or equal to 1"),
        ("seed = 0xACE1", "seed = 0", r"random\.seed must be valid, not 0: .* greater than or equal to 1"),
        ("seed = 0xACE1", "seed = 0x10000", r"random\.seed must be between 1 and 2\^16 - 1, not 65536"),
        ("[network]", "[network", r"not TOML: .*"),
    ],
)
@pytest.mark.parametrize("command", ["train", "generate", "report"])
def test_configuration(refused, tmp_path, command, good, bad, line):
    assert TINY.count(good) >= 1
    path = tmp_path / "bad.toml"
    path.write_text(TINY.replace(good, bad, 1))
    output = tmp_path / "output"
    assert re.fullmatch(rf"{re.escape(str(path))}: {line}", refused(command, path, "-o", output))
    assert not output.exists()


def test_no_such_configuration(refused, tmp_path):
    line = refused("train", "digit", "-o", tmp_path / "output")
    names = ", ".join(CoreConfig.names())
    assert line.startswith(f"configuration must be one of {names} or a TOML file, not 'digit'")
    assert not (tmp_path / "output").exists()


def test_configuration_that_is_not_text(refused, tmp_path):
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe\x00")
    assert refused("train", path).endswith("(not text)")


@pytest.mark.parametrize("command", ["generate", "simulate", "regress"])
def test_program_of_another_configuration(refused, products, tmp_path, command):
    other = tmp_path / "other.toml"
    other.write_text(TINY.replace("p = [0.125, 0.125]", "p = [0.125, 0.25]"))
    before = contents(products)
    line = refused(command, other, "-o", products.directory)
    assert re.search(r"config_hash must be [0-9a-f]{12}… of configuration 'tiny', not [0-9a-f]{12}…", line)
    assert contents(products) == before


@pytest.mark.parametrize("command", ["generate", "simulate", "regress"])
@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.99])
def test_truncated_program(refused, products, quick, command, share):
    whole = products.program.read_bytes()
    products.program.write_bytes(whole[: int(len(whole) * share)])
    before = contents(products)
    line = refused(command, quick, "-o", products.directory)
    assert line == f"{products.program}: must be a whole Program (.npz), not a damaged or truncated one"
    assert contents(products) == before


def test_missing_program(refused, quick, tmp_path):
    line = refused("simulate", quick, "-o", tmp_path)
    assert re.search(rf"must exist, and does not: run `bayescim generate {re.escape(str(quick))} -o .*` first$", line)
    assert refused("generate", quick, "-o", tmp_path, "--program", tmp_path / "none.npz").endswith(
        "cannot be read: No such file or directory"
    )
    assert list(tmp_path.iterdir()) == []


def test_nan_in_checkpoint(refused, products, quick):
    tensors = load_file(products.checkpoint)
    tensors["network.gain"][3] = torch.nan
    products.checkpoint.write_bytes(seal(tensors))
    before = contents(products)
    for command in ("lower", "train"):
        line = refused(command, quick, "-o", products.directory)
        assert line.startswith(f"{products.checkpoint}: network.gain must be finite, not nan")
    assert contents(products) == before


def test_truncated_checkpoint(refused, products, quick):
    products.checkpoint.write_bytes(products.checkpoint.read_bytes()[:-1])
    line = refused("lower", quick, "-o", products.directory)
    assert line == f"{products.checkpoint}: must be a whole checkpoint (safetensors), not a damaged or truncated one"


def test_checkpoint_of_another_training(refused, products, tmp_path):
    other = tmp_path / "longer.toml"
    other.write_text(with_epochs(3))
    line = refused("train", other, "-o", products.directory)
    assert line == "training.epochs must be 2 as in the checkpoint, not 3 (--restart begins anew)"


def test_missing_data_directory(refused, tmp_path):
    line = refused("train", "fashion", "-o", tmp_path, "--data", tmp_path / "nowhere")
    assert "nowhere" in line
    assert list(tmp_path.iterdir()) == []


def test_missing_simulator(refused, products, quick, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    line = refused("regress", quick, "-o", products.directory, "--simulator", "icarus")
    assert line == "icarus must be installed, not missing: apt-get install iverilog"
    assert not products.regression.exists()


def test_too_old_simulator(refused, products, quick, monkeypatch, tmp_path):
    for name in ("iverilog", "vvp"):
        program(tmp_path / name, "Icarus Verilog version 9.7 (stable)")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    line = refused("regress", quick, "-o", products.directory, "--simulator", "icarus")
    assert line == "icarus must be 11.0 or newer, not '9.7': apt-get install iverilog"


def test_unknown_simulator(refused, products, quick):
    line = refused("regress", quick, "-o", products.directory, "--simulator", "modelsim")
    assert line == "simulator must be one of verilator, icarus, not 'modelsim'"


@pytest.mark.parametrize("command", ["train", "lower", "generate", "regress", "simulate", "synth", "report"])
@pytest.mark.parametrize("place", ["a file", "below a file", "no file system for it"])
def test_output_that_cannot_be_written(refused, quick, tmp_path, command, place):
    file = tmp_path / "file"
    file.write_text("kept")
    output = {"a file": file, "below a file": file / "output", "no file system for it": "/proc/output"}[place]
    line = refused(command, quick, "-o", output)
    assert line.startswith(f"output must be a directory that can be written, not {str(output)!r} (")
    assert file.read_text() == "kept"


@pytest.mark.parametrize("passes", [0, -1, 17])
def test_passes(refused, products, quick, passes):
    line = refused("simulate", quick, "-o", products.directory, "--passes", passes)
    assert line == f"passes must be between 1 and 16, not {passes}"
    assert not products.simulation.exists()


def test_inputs(refused, products, quick):
    assert refused("simulate", quick, "-o", products.directory, "--inputs", 0) == "inputs must be at least 1, not 0"


def test_report_without_simulation(refused, products, quick):
    line = refused("report", quick, "-o", products.directory)
    assert line.startswith(f"{products.simulation} must exist, and does not: run `bayescim simulate {quick} -o ")


@pytest.mark.parametrize("name", ["simulate.json", "simulate.npz"])
def test_report_of_damaged_simulation(refused, bayescim, products, quick, name):
    assert bayescim("simulate", quick, "-o", products.directory, "--inputs", 4).code == 0
    damaged = products.directory / name
    damaged.write_bytes(damaged.read_bytes()[:-20])
    assert refused("report", quick, "-o", products.directory).startswith(f"{damaged} must be whole")


def test_pickles_are_not_loaded(refused, products, quick):
    np.savez(products.program, schema=np.array([{"any": "object"}], dtype=object))
    line = refused("generate", quick, "-o", products.directory)
    assert line.startswith(f"{products.program}: ")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["trian", "digits"], "No such command 'trian'."),
        (["train", "digits", "--epoch", "3"], "No such option: --epoch"),
        (["train"], "Missing argument 'CONFIG'."),
        (["bench", "speed"], "'speed' is not one of 'golden', 'simulate', 'noise', 'scale'"),
    ],
)
def test_usage(refused, arguments, line):
    assert line in refused(*arguments)


def contents(products):
    return {path: path.read_bytes() for path in products.directory.rglob("*") if path.is_file()}


def program(path, says):
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
