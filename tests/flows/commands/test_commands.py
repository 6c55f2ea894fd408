import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

import flows.commands
from flows.commands import register
from flows.studies.registry import find_studies
from golden.training import from_bytes
from hdl.config import CoreConfig

from ..conftest import with_epochs

#: The road that data takes, and what is beside it.
ROAD = ("map", "train", "lower", "generate", "regress", "simulate", "synth", "place", "report", "demo", "bench")
OTHERS = ("doctor", "schema")


class Recorder:
    """Stands where the application does, to learn what it is given."""

    def __init__(self):
        self.names = []

    def command(self, name):
        return lambda _: self.names.append(name)


RECORDER = Recorder()
register(RECORDER, find_studies())
COMMANDS = tuple(RECORDER.names)
STUDIES = {each.command.__name__ for each in find_studies()}
PROGRAM = (sys.executable, "-m", "flows")


def test_help_lists_every_command(bayescim):
    answer = bayescim("--help")
    assert answer.code == 0
    places = [re.search(rf"^│ {command} ", answer.out, re.MULTILINE).start() for command in COMMANDS]
    assert places == sorted(places)


@pytest.mark.parametrize("command", COMMANDS)
def test_help(bayescim, command):
    answer = bayescim(command, "--help")
    assert (answer.code, answer.err) == (0, "")
    assert f"bayescim {command}" in answer.out


def test_help_and_mistakes_answer_at_once():
    """They load neither PyTorch nor Amaranth nor Matplotlib."""
    heavy = ("torch", "amaranth", "matplotlib")
    for arguments in (["--help"], ["train", "--help"], ["train", "nothing"], ["chips", "nothing"]):
        code = (
            f"import sys\nfrom flows.cli import run\nrun({arguments})\nsys.exit(len(set(sys.modules) & {set(heavy)}))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


def test_the_road_comes_first():
    assert COMMANDS[: len(ROAD)] == ROAD
    assert set(OTHERS) <= set(COMMANDS[len(ROAD) :])
    assert sorted(name.rstrip("_") for name in flows.commands.__all__) == sorted(
        [*(set(COMMANDS) - STUDIES), "register"]
    )


def test_schema(bayescim):
    answer = bayescim("schema")
    assert (answer.code, answer.err) == (0, "")
    assert json.loads(answer.out) == CoreConfig.model_json_schema()


def test_doctor(bayescim):
    answer = bayescim("doctor", "--json")
    assert (answer.code, answer.err) == (0, "")
    found = {each["name"]: each for each in json.loads(answer.out)}
    assert {"python", "torch", "g++", "make", "perl", "verilator", "icarus", "yosys", "data of digits"} <= set(found)
    for each in found.values():
        # Either it is there or there is a way to get it, never both and never neither.
        assert (each["version"] is None) == (each["remedy"] is not None) or each["version"], each
    assert found["verilator"]["version"]
    assert bayescim("doctor").out.startswith("Tools")


def test_doctor_names_what_is_missing(bayescim, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = bayescim("doctor", "--json")
    assert answer.code == 0
    found = {each["name"]: each for each in json.loads(answer.out)}
    assert found["g++"] == {
        "name": "g++",
        "needed_for": "regress, simulate",
        "version": None,
        "remedy": "apt-get install g++",
    }
    assert "apt-get install iverilog" in found["icarus"]["remedy"]
    assert found["icarus"]["version"] is None


def test_products(bayescim, products, quick):
    """Files reported by each command exist; standard output is JSON alone."""
    for command, key in (("train", "checkpoint"), ("lower", "program"), ("generate", "verilog")):
        answer = bayescim(command, quick, "-o", products.directory, "--json")
        assert (answer.code, answer.err) == (0, "")
        assert json.loads(answer.out)[key] == str(getattr(products, key))


def test_default_output(bayescim, quick, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = bayescim("generate", quick)
    assert answer.code == 0
    assert sorted(path.name for path in (tmp_path / "build" / "tiny").iterdir()) == ["ip", "tiny.json", "tiny.v"]
    assert "memories are empty" in answer.err


def test_generate_is_deterministic(bayescim, products, quick, tmp_path):
    first = products.verilog.read_bytes(), products.metadata.read_bytes()
    other = tmp_path / "again"
    other.mkdir()
    shutil.copy(products.program, other)
    assert bayescim("generate", quick, "-o", other).code == 0
    assert (other.joinpath("tiny.v").read_bytes(), other.joinpath("tiny.json").read_bytes()) == first
    header = first[0].decode().splitlines()[:4]
    metadata = json.loads(first[1])
    assert all(line.startswith("// ") for line in header)
    assert products.config.hash in header[1]
    assert metadata["program"]["sha256"] in header[2]
    assert metadata["provenance"]["config_hash"] == products.config.hash
    assert CoreConfig.model_validate_json(json.dumps(metadata["config"])) == products.config
    assert "s_axis_tdata" in json.dumps(metadata["ports"])


def test_training_goes_on_where_it_was_interrupted(tmp_path):
    """Stopped from the keyboard after an epoch, it ends with the bytes of a training that was not."""
    long = tmp_path / "long.toml"
    long.write_text(with_epochs(60))
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    subprocess.run(
        [*PROGRAM, "train", long, "-o", whole], env=environment, capture_output=True, check=True, timeout=300
    )
    process = subprocess.Popen(
        [*PROGRAM, "train", long, "-o", parts],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    checkpoint = parts / "tiny.safetensors"
    end = time.monotonic() + 120
    while not checkpoint.exists() and time.monotonic() < end:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (130, "")
    kept = f"kept: {checkpoint}, from which the same command goes on; the rest of this run is lost"
    assert err == f"bayescim: interrupted; {kept}\n"
    assert 0 < from_bytes(checkpoint.read_bytes()).epoch < 60
    assert list(parts.iterdir()) == [checkpoint]
    subprocess.run(
        [*PROGRAM, "train", long, "-o", parts], env=environment, capture_output=True, check=True, timeout=300
    )
    assert checkpoint.read_bytes() == (whole / "tiny.safetensors").read_bytes()
    told = (whole / "training.json").read_text()
    assert json.loads(told)["losses"] == list(from_bytes(checkpoint.read_bytes()).losses)
    assert (parts / "training.json").read_text() == told
    assert (parts / "training.svg").read_bytes() == (whole / "training.svg").read_bytes()


def test_no_reader():
    """A reader that goes away, such as `head`, is no error to talk about."""
    process = subprocess.Popen([*PROGRAM, "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 141


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (RuntimeError("a bug"), r"unforeseen RuntimeError: a bug \(test_commands\.py:\d+\); BAYESCIM_TRACEBACK=1 .*"),
        (AssertionError(), r"unforeseen AssertionError: .*"),
        (SystemExit(1), r"unforeseen SystemExit: 1 .*"),
        (ExceptionGroup("", [KeyError("one"), ValueError("two")]), r"unforeseen KeyError: 'one' .*"),
        (MemoryError(), r"memory must be enough for the command, and ran out \(no more details\)"),
        (
            RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"),
            r"memory must be enough .* ran out \(DefaultCPUAllocator: .*\)",
        ),
        (RecursionError("maximum recursion depth exceeded"), r"input must not be nested as deeply as this one \(.*\)"),
        (
            OSError(28, "No space left on device", "/x/y"),
            r"/x/y must have room for what is written, and has none \(.*\)",
        ),
        (
            PermissionError(13, "Permission denied", "a", None, "b"),
            r"a, b must be usable, and is not \(Permission denied\)",
        ),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, BaseException) else "",
)
def test_whatever_stops_a_command_is_one_line(refused, monkeypatch, error, line):
    def broken(*_, **__):
        raise error

    monkeypatch.setattr(CoreConfig, "model_json_schema", broken)
    assert re.fullmatch(line, refused("schema"))


def test_a_bug_of_ours_can_be_traced(bayescim, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("a bug")

    monkeypatch.setattr(CoreConfig, "model_json_schema", broken)
    monkeypatch.setenv("BAYESCIM_TRACEBACK", "1")
    answer = bayescim("schema")
    assert answer.code == 2
    assert "Traceback (most recent call last)" in answer.err
    assert "in broken" in answer.err
