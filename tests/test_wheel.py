"""The wheel, installed without the checkout, has all that the commands need.

Its environment and its working directory have names that not every tool takes as they are.
"""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from flows.commands import register
from flows.studies.registry import find_studies

from .flows.conftest import with_epochs

ROOT = Path(__file__).parents[1]
PACKAGES = ("bayescim", "hdl", "golden", "driver", "flows", "cocotb_tests")
#: Files of the checkout that setuptools reads.
METADATA = ("pyproject.toml", "README.md", "LICENSE")
TINY, SAMPLED, ORDERED, GRAPH = "tiny.toml", "sampled.toml", "ordered.toml", "net.onnx"

_VENV, _WORK, _PROGRAMS = "environment with blanks", "wörk of 'mine'", "programs"

#: The main road, on a network that hardly learned anything, and the files that only an installation can lack.
ROAD = {
    "map": ["tiny"],
    "train": [TINY],
    "lower": [TINY],
    "generate": [TINY],
    "simulate": [TINY, "--inputs", "2"],
    "schema": [],
}

#: Every other command with its smallest work.
OTHERS = {
    "regress": [TINY, "--block", "row_store"],
    "synth": [TINY, "--target", "ice40"],
    "place": [TINY, "--target", "ice40"],
    "import": [GRAPH, "-o", "imported"],
    "report": [TINY],
    "demo": ["--config", TINY, "-o", "demo"],
    "bench": ["simulate", TINY],
    "chips": [SAMPLED, "--chips", "2", "--inputs", "16", "--ages", "", "--calibration", "16"],
    "compare": [TINY, "-o", "compared", "--samples", "2"],
    "devices": ["ideal", "--chips", "2", "--samples", "2"],
    "exact": [ORDERED, "--inputs", "2"],
    "fits": [TINY, "--columns", "4", "--target", "ice40"],
    "overhead": [TINY, "--hidden", "8", "--target", "ice40"],
    "randomness": [TINY, "--tested", "64", "--repeats", "1", "--inputs", "2"],
    "robustness": [TINY, "--chips", "2", "--inputs", "2"],
    "schemes": [TINY, "--method", "none", "--seeds", "1", "--inputs", "2", "--target", "ice40"],
    "sharing": [SAMPLED, "--repeats", "1", "--correlated", "2", "--inputs", "2"],
    "uncertainty": [TINY, "--inputs", "16"],
    "netlist": [TINY, "--target", "ice40", "--limit", "1"],
    "fuzz": ["configuration", "--cases", "1"],
    "campaign": [TINY, "--mutants", "5", "--rounds", "1"],
    "faults": [TINY, "--faults", "5", "--inputs", "2"],
    "prove": ["row_store", "--fast"],
    "gates": [],
    "doctor": [],
}

#: Steps that a command needs beside the main road.
BEFORE = {
    "report": [["synth", TINY, "--target", "ice40"], ["regress", TINY, "--block", "row_store"]],
    "chips": [["train", SAMPLED], ["lower", SAMPLED]],
    "sharing": [["train", SAMPLED], ["lower", SAMPLED]],
    "exact": [["train", ORDERED], ["lower", ORDERED], ["generate", ORDERED]],
}

#: Commands that are for a checkout, or take hours whatever they are asked.
OF_A_CHECKOUT = ("document", "mutants")


class Recorder:
    """Stands where the application does, to learn which commands there are."""

    def __init__(self):
        self.names = []

    def command(self, name):
        return lambda _: self.names.append(name)


@pytest.fixture(scope="session")
def wheel(once):
    """The wheel, built from a copy: setuptools writes where it builds."""

    def make(directory):
        source = directory / "source"
        for each in packaged():
            (source / each).parent.mkdir(parents=True, exist_ok=True)
            (source / each).write_bytes((ROOT / each).read_bytes())
        for name in METADATA:
            (source / name).write_bytes((ROOT / name).read_bytes())
        options = ["--no-build-isolation", "--no-deps", "--no-index", "--quiet", "--disable-pip-version-check"]
        command = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", directory, source]
        subprocess.run(command, check=True, timeout=300, cwd=directory)

    (found,) = once("wheel", make).glob("*.whl")
    return found


@pytest.fixture(scope="session")
def installed(wheel, once):
    """Python that has the wheel and what it depends on, and knows no checkout; beside it, a place to work in."""

    def make(directory):
        venv.create(directory / _VENV, with_pip=False)
        (site,) = (directory / _VENV / "lib").glob("python*/site-packages")
        # Those files of this folder that name further folders, such as a checkout, are not followed from here.
        (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(site)
        work = directory / _WORK
        work.mkdir()
        tiny = with_epochs(2)
        (work / TINY).write_text(tiny, encoding="utf-8")
        (work / GRAPH).write_bytes((ROOT / "examples/brevitas/tfc_1w1a_dynamo.onnx").read_bytes())
        (work / ORDERED).write_text(tiny.replace("passes = 8\n", 'passes = 8\norder = "prefix"\n'), encoding="utf-8")
        sampled = tiny.replace('"scale-dropout"\np = [0.125, 0.125]', '"sampled-weights"\nweight_bits = 4')
        sampled = sampled.replace("draw_bits = 4\n", "")
        (work / SAMPLED).write_text(sampled, encoding="utf-8")

        # Stock Debian has no program of this name, but `python3`.
        programs = directory / _PROGRAMS
        programs.mkdir()
        for folder in (sysconfig.get_path("scripts"), *os.environ.get("PATH", os.defpath).split(os.pathsep)):
            for path in Path(folder).glob("*"):
                if path.name != "python" and not (programs / path.name).exists():
                    (programs / path.name).symlink_to(path)

    directory = once("installed", make)
    return directory / _VENV / "bin" / "python", directory / _WORK


def packaged():
    """Return all files of the packages, without what Python and editors leave."""
    files = (path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file())
    return sorted(path for path in files if "__pycache__" not in path.parts and not path.name.startswith("."))


def run(installed, *arguments):
    """Run the installed Python where it knows no checkout."""
    python, place = installed
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment["PATH"] = str(place.parent / _PROGRAMS)
    return subprocess.run(
        [python, *arguments],
        cwd=place,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=600,
    )


def test_every_file_of_the_packages_is_in_it(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == {path.as_posix() for path in packaged()}


def test_every_command_is_run():
    recorder = Recorder()
    register(recorder, find_studies())
    assert sorted([*ROAD, *OTHERS, *OF_A_CHECKOUT]) == sorted(recorder.names)


def test_the_main_road(installed):
    for command, arguments in ROAD.items():
        done = run(installed, "-m", "flows", command, *arguments)
        assert done.returncode == 0, done.stderr
    written = {path.name for path in (installed[1] / "build" / "tiny").iterdir()}
    assert written >= {"map.svg", "training.svg", "ip", "simulate.json"}


def test_no_checkout_is_seen(installed):
    code = f"import {', '.join(PACKAGES)}\nfor package in ({', '.join(PACKAGES)}): print(package.__path__[0])"
    places = run(installed, "-c", code).stdout.splitlines()
    assert len(places) == len(PACKAGES)
    assert not [place for place in places if not Path(place).is_relative_to(installed[0].parents[1])]


@pytest.mark.slow
@pytest.mark.parametrize("command", OTHERS)
def test_command(installed, command):
    test_the_main_road(installed)
    for step in BEFORE.get(command, ()):
        assert run(installed, "-m", "flows", *step).returncode == 0
    done = run(installed, "-m", "flows", command, *OTHERS[command])
    assert done.returncode == 0, done.stderr
