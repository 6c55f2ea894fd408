"""Compilation of Verilog to a cached shared library."""

import os
import shutil
from pathlib import Path

from cocotb_tests.runner.compiler import compiler_identity
from cocotb_tests.runner.plain_paths import PlainPaths
from cocotb_tests.runner.programs import run_program
from cocotb_tests.runner.runtime_cache import RuntimeCache
from cocotb_tests.runner.simulators import Simulator, find_simulator
from hdl.caches import CacheEntry
from hdl.config import InputError

from ...base.files import read_given

__all__ = ["build_library"]

_HARNESS = Path(__file__).with_name("harness.cpp")

_LIBRARY = "core.so"

#: Signals that stay readable in a library for :meth:`NativeCore.watch`: the outputs of the neurons.
_VISIBLE = """`verilator_config
public_flat_rd -module "*neuron_*" -var "o__*"
"""

_VERILATOR_OPTIONS = (
    "--cc",
    "--exe",
    "--build",
    "--prefix",
    "Vcore",
    "-O3",
    "--x-assign",
    "fast",
    "--x-initial",
    "fast",
    # One loop over a wide word compiles faster, and to faster code, than a statement for each of its parts.
    "--expand-limit",
    "1",
    # Fewer and larger files: each of them reads the whole header again.
    "--output-split",
    "100000",
    "-Wno-lint",
    "-Wno-style",
    "-CFLAGS",
    "-fPIC -march=native",
    "-LDFLAGS",
    "-shared",
    # The wheel's makefile has no flags for precompiled headers.
    "-MAKEFLAGS",
    "VK_PCH_I_FAST= VK_PCH_I_SLOW= OPT_FAST=-O2 OPT_SLOW=-O1 OPT_GLOBAL=-O2",
)


def build_library(verilog: Path, top: str, *, visible: bool = False, macros: str = "") -> Path:
    """Compile module ``top`` of ``verilog`` with the harness and return the shared library.

    The library is cached under the hash of all its inputs: Verilog, harness, options, Verilator, compiler and
    processor. Of several processes that want the same one the first builds it, and the others wait.

    Parameters
    ----------
    verilog, top
        File and name of the module.
    visible
        Whether the outputs of the neurons can be watched, which makes the simulation slower.
    macros
        Description of external arrays for the harness, from :func:`flows.road.native.macros.header`.

    Raises
    ------
    InputError
        The file cannot be read, Verilator or its tools are missing, or it rejects the file.
    """
    simulator = find_simulator("verilator")
    source = read_given("verilog", verilog)
    entry = CacheEntry.of(
        "native",
        source,
        top.encode(),
        _HARNESS.read_bytes(),
        repr((_VERILATOR_OPTIONS, _VISIBLE if visible else "", *([macros] if macros else []))).encode(),
        simulator.version.encode(),
        compiler_identity(),
    )

    def build(place: Path) -> None:
        _build(simulator, verilog.resolve(), top, place / _LIBRARY, visible=visible, macros=macros)

    return entry.make(build) / _LIBRARY


def _build(simulator: Simulator, verilog: Path, top: str, library: Path, *, visible: bool, macros: str) -> None:
    """Build where make takes every name, and copy the library to its place."""
    with PlainPaths() as plain:
        place = plain.directory()
        command = [str(simulator.executable), *_VERILATOR_OPTIONS, "-j", str(os.cpu_count() or 1)]
        command += ["--top-module", top, "-Mdir", "obj", "-o", _LIBRARY]
        if visible:
            (place / "visible.vlt").write_text(_VISIBLE, encoding="utf-8")
            command.append("visible.vlt")
        if macros:
            # The harness is compiled there and includes the header.
            (place / "obj").mkdir()
            (place / "obj" / "macros.h").write_text(macros, encoding="utf-8")
        command += [str(plain(verilog)), str(plain(_HARNESS))]
        environment = plain.verilator(simulator.environment)
        # The runtime is the same for every core, and half of the build of a small one.
        runtime = RuntimeCache(simulator.root, repr(_VERILATOR_OPTIONS)) if simulator.root else None
        if runtime is not None:
            environment["MAKEFLAGS"] = f"{environment.get('MAKEFLAGS', '')} {runtime.make_variables(plain)}"
        try:
            done = run_program(command, directory=place, environment=environment)
        except OSError as error:
            raise InputError(f"verilator must be a program, not {command[0]!r} ({error.strerror})") from None
        if done.code:
            raise InputError(f"build of {str(verilog)!r} by Verilator failed: {done.reason}")
        shutil.copyfile(place / "obj" / _LIBRARY, library)
        if runtime is not None:
            runtime.keep(place / "obj")
