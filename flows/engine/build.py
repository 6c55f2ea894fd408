"""Kernel and netlists, built once and kept."""

import pickle
import shutil
import tempfile
from pathlib import Path

from cocotb_tests.runner.compiler import compiler_identity
from cocotb_tests.runner.programs import run_program
from hdl.caches import CacheEntry
from hdl.config import InputError

from ..base.yosys import Yosys
from . import netlist as netlist_module
from . import rtlil
from .netlist import Netlist, flatten

__all__ = ["build_kernel", "lower"]

_LIBRARY = "kernel.so"
_NETLIST = "netlist"

_KERNEL = Path(__file__).with_name("kernel.cpp")
#: More takes longer to compile, and the run as long: it waits for memory.
_OPTIONS = ("-O1", "-march=native", "-fPIC", "-shared", "-std=c++17")

#: Words of 64 bits and no particular processor.
_PORTABLE_OPTIONS = ("-DPORTABLE", "-O1", "-fPIC", "-shared", "-std=c++17")

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
    entry = CacheEntry.of("kernel", _KERNEL.read_bytes(), repr(options).encode(), compiler_identity())

    def compile_(place: Path) -> None:
        done = run_program(["c++", *options, str(_KERNEL), "-o", str(place / _LIBRARY)])
        if done.code:
            raise InputError(f"c++ must be able to compile the engine, and is not: {done.reason}")

    return entry.make(compile_) / _LIBRARY


def lower(verilog: bytes, top: str, clock: str, *, yosys: Yosys) -> Netlist:
    """Return the netlist of module ``top`` of ``verilog``, from the cache where it was asked for before.

    Raises
    ------
    InputError
        Yosys rejects the Verilog, or the engine what is in it.
    """
    sources = [Path(str(module.__file__)).read_bytes() for module in (netlist_module, rtlil)]
    own = (top.encode(), clock.encode(), _SCRIPT.encode(), yosys.version.encode())
    entry = CacheEntry.of("netlists", verilog, *own, *sources)

    def make(place: Path) -> None:
        with tempfile.TemporaryDirectory(prefix="bayescim-netlist-") as name:
            text = _text(Path(name), verilog, top, yosys)
        (place / _NETLIST).write_bytes(flatten(text, clock).to_bytes())

    # Written here, under the digest of what it is made from.
    found: Netlist = pickle.loads((entry.make(make) / _NETLIST).read_bytes())  # noqa: S301
    return found


def _text(directory: Path, verilog: bytes, top: str, yosys: Yosys) -> str:
    (directory / "design.v").write_bytes(verilog)
    done = run_program([*yosys.command, "-q", "-p", _SCRIPT.format(top=top)], directory=directory)
    if done.code:
        raise InputError(f"verilog must be what Yosys can read: {done.reason}")
    return (directory / "design.il").read_text(encoding="utf-8")
