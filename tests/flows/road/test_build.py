"""Libraries of equal cores are built once."""

import concurrent.futures
import threading
import time

import pytest

from flows.road.native import build
from hdl.config import InputError

#: Seconds in which a second build would begin.
_BUILDING = 0.3


@pytest.fixture
def builds(monkeypatch, tmp_path):
    """Names of the modules that are built, in an empty cache; nothing is compiled."""
    built = []

    def compile_slowly(_simulator, _verilog, top, library, **_options):
        built.append(top)
        time.sleep(_BUILDING)
        library.write_text(top, encoding="utf-8")

    monkeypatch.setenv("BAYESCIM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(build, "_build", compile_slowly)
    return built


def test_whoever_comes_second_waits_for_the_first(builds, tmp_path):
    source = tmp_path / "core.v"
    source.write_text("module core; endmodule")
    together = threading.Barrier(4)

    def ask(_):
        together.wait()
        return build.build_library(source, "core")

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        libraries = set(pool.map(ask, range(4)))
    assert (builds, len(libraries)) == (["core"], 1)
    assert build.build_library(source, "core") in libraries
    assert builds == ["core"]


def test_what_differs_is_built_apart(builds, tmp_path):
    libraries = set()
    for number in range(2):
        source = tmp_path / f"{number}.v"
        source.write_text(f"module core; // {number}\nendmodule")
        libraries |= {build.build_library(source, "core", visible=visible) for visible in (False, True)}
    assert (len(builds), len(libraries)) == (4, 4)


def test_what_failed_is_built_by_the_next(builds, monkeypatch, tmp_path):
    source = tmp_path / "core.v"
    source.write_text("module core; endmodule")
    finish = build._build

    def fail(*_arguments, **_options):
        raise InputError("no compiler")

    monkeypatch.setattr(build, "_build", fail)
    with pytest.raises(InputError, match="no compiler"):
        build.build_library(source, "core")
    monkeypatch.setattr(build, "_build", finish)
    assert build.build_library(source, "core").exists()
    assert builds == ["core"]


@pytest.mark.parametrize("name", ["core.v", "my core of 2 'ä'.v"])
def test_verilog_that_is_none(monkeypatch, tmp_path, name):
    """The line is Verilator's own."""
    source = tmp_path / name
    source.write_text("module core; nonsense", encoding="utf-8")
    monkeypatch.setenv("BAYESCIM_CACHE", str(tmp_path / "my cache"))
    with pytest.raises(
        InputError, match=r"^build of ['\"].*['\"] by Verilator failed: %Error: .*\.v:1:.* syntax error"
    ):
        build.build_library(source, "core")
    assert not list((tmp_path / "my cache").glob("native/.unfinished-*"))


_FULL = """#!/bin/sh
case "$*" in
*-dM*) echo '#define COMPILER full'; exit 0 ;;
esac
echo 'cc1plus: fatal error: error writing to x.s: No space left on device' >&2
exit 1
"""


def test_a_compiler_without_room(monkeypatch, tmp_path):
    """The reason is the compiler's, and not that make or Verilator ended because of it."""
    source = tmp_path / "core.v"
    source.write_text("module core(input clk); endmodule", encoding="utf-8")
    for program in ("c++", "g++"):
        (tmp_path / program).write_text(_FULL, encoding="utf-8")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("BAYESCIM_CACHE", str(tmp_path / "cache"))
    with pytest.raises(InputError, match=r"^build of '.*' by Verilator failed: .*: No space left on device$"):
        build.build_library(source, "core")


def test_a_cache_that_cannot_be_written(monkeypatch, tmp_path):
    source = tmp_path / "core.v"
    source.write_text("module core; endmodule")
    (tmp_path / "cache").write_text("a file")
    monkeypatch.setenv("BAYESCIM_CACHE", str(tmp_path / "cache"))
    with pytest.raises(InputError, match=r"^BAYESCIM_CACHE must be a directory that can be written, not "):
        build.build_library(source, "core")
