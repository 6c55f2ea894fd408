"""Other programs: their end, their reasons, and names that they take."""

import sys
import tempfile
import time
from pathlib import Path

import pytest

from cocotb_tests.runner.plain_paths import PlainPaths, is_plain
from cocotb_tests.runner.programs import failure, run_program
from cocotb_tests.runner.simulators import find_simulator
from hdl.config import InputError


def test_output_and_code():
    done = run_program(["sh", "-c", "echo out; echo err >&2; exit 3"])
    assert (done.code, sorted(done.output.split())) == (3, ["err", "out"])


def test_what_a_program_left_running_is_ended(tmp_path):
    run_program(["sh", "-c", f"sleep 300 >/dev/null 2>&1 & echo $! > {tmp_path / 'pid'}"])
    process = int((tmp_path / "pid").read_text(encoding="utf-8"))
    for _ in range(50):
        # Over and waiting to be counted is over.
        if run_program(["ps", "-o", "stat=", "-p", str(process)]).output.strip() in ("", "Z"):
            return
        time.sleep(0.05)
    raise AssertionError(f"process {process} still runs")


def test_one_that_hangs_is_stopped():
    begin = time.monotonic()
    done = run_program(["sh", "-c", "echo begun; sleep 300"], limit=0.5)
    assert time.monotonic() - begin < 60
    assert done.code < 0
    assert "begun\n\nstopped after 0.5 seconds" in done.output


@pytest.mark.parametrize(
    ("output", "code", "reason"),
    [
        ("...\nERROR: no such module\nmore\n", 1, "ERROR: no such module"),
        (
            "/bin/sh: 1: python: not found\nmake: *** [Vtop.mk:1] Error 127\n%Error: make exited with 2\n",
            2,
            "python: not found",
        ),
        (
            "%Error: x.v:1:1: syntax error, unexpected IDENTIFIER\n%Error: Exiting due to 1 error(s)\n",
            1,
            "syntax error",
        ),
        (
            "a.cpp:3:1: error: 'x' was not declared\nmake: *** [a.o] Error 1\n%Error: make exited with 2\n",
            1,
            "not declared",
        ),
        (
            "cc1plus: fatal error: error writing to a.s: No space left on device\n%Error: make\n",
            1,
            "No space left on device",
        ),
        ("g++: fatal error: Killed signal terminated program cc1plus\nmake: *** Error 1\n", 1, "Killed signal"),
        ("ld: cannot find -lz: No such file or directory\ncollect2: error: ld returned 1\n", 1, "cannot find -lz"),
        ("one\ntwo\nthree\nfour\n", 1, "two; three; four"),
        ("12 %\n", -9, "ended by SIGKILL; memory may have run out"),
        ("", -11, "ended by SIGSEGV"),
        ("", 4, "ended with exit status 4 and no output"),
    ],
)
def test_the_real_reason_is_passed_on(output, code, reason):
    assert reason in failure(output, code)
    assert "\n" not in failure(output, code)


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("/some/build-1/x.v", True),
        ("/home/größe/日本", True),
        ("/home/my work", False),
        ("/home/it's", False),
        ("/a$b", False),
        ("/a;b", False),
        ("/a#b", False),
        ("/a%b", False),
        ("/a:b", False),
    ],
)
def test_which_names_are_plain(path, plain):
    assert is_plain(Path(path)) == plain


def test_plain_names(tmp_path):
    strange = tmp_path / "with blanks" / "ä b.v"
    strange.parent.mkdir()
    strange.write_text("module", encoding="utf-8")
    with PlainPaths() as plain:
        assert plain(tmp_path) == tmp_path
        link = plain(strange)
        assert is_plain(link)
        assert link.suffix == ".v"
        assert link.read_text(encoding="utf-8") == "module"
        assert plain(strange.parent / "harness.cpp").name == "harness.cpp"
        assert is_plain(plain.directory())
    assert not link.exists()
    assert not link.parent.exists()


def test_verilator_in_a_plain_place(tmp_path):
    environment = {"VERILATOR_ROOT": str(tmp_path / "my site" / "verilator"), "MAKEFLAGS": "x"}
    with PlainPaths() as plain:
        told = plain.verilator(environment)
        assert is_plain(Path(told["VERILATOR_ROOT"]))
        assert told["VERILATOR_BIN"] == f"{told['VERILATOR_ROOT']}/bin/verilator_bin"
        assert told["MAKEFLAGS"] == "x"
        for known in ({}, {"VERILATOR_ROOT": "/usr/share/verilator"}):
            assert plain.verilator(known) == known


def test_no_plain_place(tmp_path, monkeypatch):
    strange = tmp_path / "with blanks"
    strange.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(strange))
    with PlainPaths() as plain:
        assert is_plain(plain.directory())
    monkeypatch.setattr("cocotb_tests.runner.plain_paths._OTHER_PLACES", ())
    with PlainPaths() as plain, pytest.raises(InputError, match=r"^TMPDIR must be .* not '.*with blanks'$"):
        plain.directory()


@pytest.mark.parametrize("place", ["/usr/bin/python3", "/my own/python3", "/it's/$HOME/python3"])
def test_make_is_told_which_python(monkeypatch, tmp_path, place):
    """As many systems have no program `python`; its name reaches the shell as one word."""
    python = Path(f"{tmp_path}{place}")
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho started with $1\n", encoding="utf-8")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    environment = find_simulator("verilator").environment
    (tmp_path / "Makefile").write_text("PYTHON3 = python\nall:\n\t@$(PYTHON3) script\n", encoding="utf-8")
    done = run_program(["make", "-s"], directory=tmp_path, environment=environment)
    assert (done.output, done.code) == ("started with script\n", 0)
