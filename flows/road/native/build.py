"""Compilation of Verilog to a cached shared library."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from cocotb_tests.runner.simulators import Simulator, find_simulator
from hdl.config import InputError

__all__ = ["build_library", "cache_directory"]

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


def cache_directory() -> Path:
    """Return the directory of built libraries: `$BAYESCIM_CACHE`, or the user's cache directory."""
    return Path(os.environ.get("BAYESCIM_CACHE") or platformdirs.user_cache_dir("bayescim"))


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
        _compiler(),
    ):
        key.update(hashlib.sha256(part).digest())
    library = cache_directory() / "native" / key.hexdigest()[:32] / "core.so"
    if not library.exists():
        with _alone(library):
            if not library.exists():
                _build(simulator, verilog.resolve(), top, library, visible=visible, macros=macros)
    return library


@contextlib.contextmanager
def _alone(library: Path) -> Iterator[None]:
    """Keep others, in this process or another, from building ``library``."""
    place = library.parent
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        lock = place.with_suffix(".lock").open("w")
    except OSError as error:
        raise _unwritable(place, error) from None
    with lock:
        # Whoever ends, in whatever way, lets go of it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _compiler() -> bytes:
    """Return an identification of the compiler and its target processor."""
    macros = ["c++", "-march=native", "-dM", "-E", "-x", "c++", os.devnull]
    return subprocess.run(macros, capture_output=True, check=True).stdout


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
        raise _unwritable(place, error) from None


def _unwritable(place: Path, error: OSError) -> InputError:
    return InputError(
        f"BAYESCIM_CACHE must be a directory that can be written, not {str(place.parent)!r} ({error.strerror})"
    )
