"""Kernel and netlists, built once and kept."""

import hashlib
import os
import pickle
import shutil
import subprocess
import tempfile
from pathlib import Path

from hdl.config import InputError

from ..base.cache import alone, cache_directory, compiler, unwritable
from ..base.failure import failure
from ..base.yosys import Yosys
from . import netlist as netlist_module
from . import rtlil
from .netlist import Netlist, flatten

__all__ = ["build_kernel", "lower"]

_KERNEL = Path(__file__).with_name("kernel.cpp")
_OPTIONS = ("-O2", "-march=native", "-fPIC", "-shared", "-std=c++17")

#: Words of 64 bits and no particular processor.
_PORTABLE_OPTIONS = ("-DPORTABLE", "-O2", "-fPIC", "-shared", "-std=c++17")

#: Commands of Yosys: processes become flip-flops and multiplexers, and words stay words.
_SCRIPT = "read_verilog -sv design.v; hierarchy -check -top {top}; proc -noopt; write_rtlil design.il"


def build_kernel(*, portable: bool = False) -> Path:
    """Compile the kernel, unless that was done before, and return its library.

    Parameters
    ----------
    portable
        Whether words have 64 bits, for any processor; otherwise 512 and what this processor has for them.

    Raises
    ------
    InputError
        The compiler is missing or fails.
    """
    if shutil.which("c++") is None:
        raise InputError("c++ must be installed for the engine, not missing: apt-get install g++")
    options = _PORTABLE_OPTIONS if portable else _OPTIONS
    key = _digest(_KERNEL.read_bytes(), repr(options).encode(), compiler())
    library = cache_directory() / "kernel" / key / "kernel.so"
    with alone(library):
        if not library.exists():
            _compile(options, library)
    return library


def _compile(options: tuple[str, ...], library: Path) -> None:
    try:
        with tempfile.TemporaryDirectory(prefix=".build-", dir=library.parent.parent) as scratch:
            finished = Path(scratch) / "finished"
            finished.mkdir()
            command = ["c++", *options, str(_KERNEL), "-o", str(finished / library.name)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                reason = failure(done.stdout + done.stderr, done.returncode)
                raise InputError(f"c++ must be able to compile the engine, and is not: {reason}")
            finished.rename(library.parent)
    except OSError as error:
        raise unwritable(library.parent, error) from None


def lower(verilog: bytes, top: str, clock: str, *, yosys: Yosys) -> Netlist:
    """Return the netlist of module ``top`` of ``verilog``, from the cache where it was asked for before.

    Raises
    ------
    InputError
        Yosys rejects the Verilog, or the engine what is in it.
    """
    sources = [Path(str(module.__file__)).read_bytes() for module in (netlist_module, rtlil)]
    key = _digest(verilog, top.encode(), clock.encode(), _SCRIPT.encode(), yosys.version.encode(), *sources)
    file = cache_directory() / "netlists" / key / "netlist"
    with alone(file):
        if file.exists():
            # Written here, under the digest of what it is made from.
            found: Netlist = pickle.loads(file.read_bytes())  # noqa: S301
            return found
        try:
            with tempfile.TemporaryDirectory(prefix=".lower-", dir=file.parent.parent) as name:
                netlist = flatten(_text(Path(name), verilog, top, yosys), clock)
                finished = Path(name) / "finished"
                finished.mkdir()
                (finished / file.name).write_bytes(netlist.to_bytes())
                finished.rename(file.parent)
        except OSError as error:
            raise unwritable(file.parent, error) from None
    return netlist


def _text(directory: Path, verilog: bytes, top: str, yosys: Yosys) -> str:
    (directory / "design.v").write_bytes(verilog)
    done = subprocess.run(
        [*yosys.command, "-q", "-p", _SCRIPT.format(top=top)],
        cwd=directory,
        env={**os.environ},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise InputError(f"verilog must be what Yosys can read: {failure(done.stdout + done.stderr, done.returncode)}")
    return (directory / "design.il").read_text()


def _digest(*parts: bytes) -> str:
    key = hashlib.sha256()
    for part in parts:
        key.update(hashlib.sha256(part).digest())
    return key.hexdigest()[:32]
