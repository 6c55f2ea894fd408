import dataclasses
import re
from pathlib import Path

import pytest

from cocotb_tests.runner.simulators import find_simulator
from flows.base.products import Products
from flows.cli import run
from hdl.config import CoreConfig, InputError

TINY = (Path(__file__).parents[2] / "hdl/config/named/tiny.toml").read_text()


def with_epochs(epochs):
    """Return the configuration `tiny`, trained for so many epochs."""
    text, count = re.subn(r"^epochs = \d+$", f"epochs = {epochs}", TINY, flags=re.MULTILINE)
    assert count == 1
    return text


@dataclasses.dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


@pytest.fixture
def bayescim(capfd):
    """Run a command in this process; its exit code and what it printed."""

    def command(*arguments):
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Answer(code, out, err)

    return command


@pytest.fixture
def refused(bayescim):
    """Run a command that must be refused: one line on standard error, exit code 2, nothing on standard output."""

    def command(*arguments):
        answer = bayescim(*arguments)
        lines = answer.err.splitlines()
        assert (answer.code, answer.out, len(lines)) == (2, "", 1), answer
        assert lines[0].startswith("bayescim: ")
        return lines[0].removeprefix("bayescim: ")

    return command


@pytest.fixture
def icarus():
    """Skip, and say how to install it, where Icarus is missing."""
    try:
        find_simulator("icarus")
    except InputError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def quick(once):
    """A file with the configuration `tiny`, trained for two epochs only."""
    return once("configuration", lambda place: (place / "tiny.toml").write_text(with_epochs(2))) / "tiny.toml"


@pytest.fixture(scope="session")
def trained(quick, once):
    """Products up to the generated core, and of the deterministic twin up to its Program. Not to be written."""

    def make(directory):
        for command in ("train", "lower"):
            for deterministic in ([], ["--deterministic"]):
                assert run([command, str(quick), "-o", str(directory), *deterministic]) == 0
        assert run(["generate", str(quick), "-o", str(directory)]) == 0

    return Products(CoreConfig.load(quick), once("trained", make))


@pytest.fixture
def products(trained, tmp_path):
    """A copy of those products."""
    for source in trained.directory.rglob("*"):
        target = tmp_path / source.relative_to(trained.directory)
        if source.is_dir():
            target.mkdir()
        else:
            target.write_bytes(source.read_bytes())
    return Products(trained.config, tmp_path)
