"""Compilation of Verilog to a cached shared library."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from cocotb_tests.runner.simulators import Simulator, find_simulator
from hdl.config import InputError

from ...base.cache import alone, cache_directory, compiler, unwritable

__all__ = ["build_library"]

_HARNESS = Path(__file__).with_name("harness.cpp")

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
    try:
        source = verilog.read_bytes()
    except OSError as error:
        raise InputError(f"verilog must be a file that can be read, not {str(verilog)!r} ({error.strerror})") from None
    key = hashlib.sha256()
    for part in (
        source,
        top.encode(),
        _HARNESS.read_bytes(),
        repr((_VERILATOR_OPTIONS, _VISIBLE if visible else "", *([macros] if macros else []))).encode(),
        simulator.version.encode(),
        compiler(),
    ):
        key.update(hashlib.sha256(part).digest())
    library = cache_directory() / "native" / key.hexdigest()[:32] / "core.so"
    if not library.exists():
        with alone(library):
            if not library.exists():
                _build(simulator, verilog.resolve(), top, library, visible=visible, macros=macros)
    return library


def _build(simulator: Simulator, verilog: Path, top: str, library: Path, *, visible: bool, macros: str) -> None:
    """Build in a scratch directory and move the library in one step: an interrupted build leaves nothing."""
    place = library.parent
    try:
        with tempfile.TemporaryDirectory(prefix=".build-", dir=place.parent) as scratch:
            command = [str(simulator.executable), *_VERILATOR_OPTIONS, "-j", str(os.cpu_count() or 1)]
            command += ["--top-module", top, "-Mdir", "obj", "-o", "core.so"]
            if visible:
                (Path(scratch) / "visible.vlt").write_text(_VISIBLE)
                command.append("visible.vlt")
            if macros:
                # The harness is compiled there and includes the header.
                place_of_header = Path(scratch) / "obj"
                place_of_header.mkdir()
                (place_of_header / "macros.h").write_text(macros)
            command += [str(verilog), str(_HARNESS)]
            done = subprocess.run(
                command,
                cwd=scratch,
                env={**os.environ, **simulator.environment},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                complaints = [line for line in (done.stdout + done.stderr).splitlines() if "rror" in line]
                reason = complaints[0] if complaints else f"exit code {done.returncode}"
                raise InputError(f"verilog must be a core that Verilator can build, not {str(verilog)!r}: {reason}")
            finished = Path(scratch) / "finished"
            finished.mkdir()
            shutil.move(Path(scratch) / "obj" / "core.so", finished / "core.so")
            finished.rename(place)
    except OSError as error:
        raise unwritable(place, error) from None
