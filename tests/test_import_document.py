"""The page about imported networks: its commands and its script, in their order."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from flows.cli import run
from hdl.config import CoreConfig
from hdl.contract import Program

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/import.md"
RESULTS = ROOT / "examples/brevitas"
BLOCK = re.compile(r"(?:^`([\w.]+)`:\n\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

#: Commands that take half a minute, and what is added to one: the data set may be absent. Run in the long regression.
SLOW = {"generate": (), "simulate": ("--random-pixels", "1", "--inputs", "20")}

#: The command that has no random pixels: `tests/flows/studies` has it.
WITH_DATA = "uncertainty"


def blocks(language):
    found = [(name, code) for name, own, code in BLOCK.findall(PAGE.read_text()) if own == language]
    assert found
    return found


def commands():
    return [shlex.split(line)[1:] for _, code in blocks("sh") for line in code.splitlines()]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working directory that has the repository's examples."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_commands(place, capsys):
    """Every command of the page but those that take long."""
    for command in commands():
        if command[0] not in (*SLOW, WITH_DATA):
            assert run(command) == 0, (command, capsys.readouterr())
    for name, method in (("tfc", "none"), ("tfc_dropout", "spin-dropout")):
        assert Program.load(place / f"build/{name}/{name}.npz").config.bayes.method == method


@pytest.mark.slow
@pytest.mark.usefixtures("place")
def test_simulations(capsys):
    """And those, on random pixels."""
    for command in commands():
        if command[0] != WITH_DATA:
            assert run([*command, *SLOW.get(command[0], ())]) == 0, (command, capsys.readouterr())


def test_script(place):
    """The script of the page, in a process of its own."""
    ((name, code),) = blocks("python")
    (place / name).write_text(code)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, name], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "2 layers, spin-dropout\n"
    assert Program.load(place / "own.npz").config.bayes.p == (0.2,)


@pytest.mark.parametrize("name", ["tfc", "tfc_dropout"])
def test_figures(place, name):
    """The table is of the kept files, and these of the network as it is imported by the commands of the page."""
    simulated, uncertain = (
        json.loads((RESULTS / f"{name}_{each}.json").read_text()) for each in ("simulate", "uncertainty")
    )
    (command,) = (each for each in commands() if each[0] == "import" and name in each)
    assert run(command) == 0
    config = CoreConfig.load(place / f"build/{name}/{name}.toml")
    for each in (simulated, uncertain):
        assert each["provenance"]["config_hash"] == config.hash
    assert simulated["provenance"]["inputs"]["program"] == uncertain["provenance"]["inputs"]["program"]
    same, last = simulated["equivalence"], uncertain["assessments"]["golden"][-1]
    assert same["mismatches"] == same["statistics_mismatches"] == 0
    aurocs = [last["detection"][each]["predictive_entropy"]["auroc"] for each in ("rotated-45", "digits")]
    cells = [
        f"`{name}`",
        f"{simulated['inputs']:,} × {simulated['passes']}",
        f"0 of {same['compared']:,} logits differ",
        f"{simulated['correct'] / simulated['inputs']:.2%}",
        *(f"{each:.3f}" for each in (last["nll"], last["ece"], *aurocs)),
    ]
    assert f"| {' | '.join(cells)} |" in PAGE.read_text()


def test_trained_networks_are_small():
    """Every file of the examples, and together no more than the page's readers want to fetch."""
    sizes = [path.stat().st_size for path in RESULTS.glob("*.onnx")]
    assert len(sizes) == 4
    assert sum(sizes) < 2**20
