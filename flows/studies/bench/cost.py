"""Time and memory of a core's generation and build.

This module imports little: each step runs in a process of its own.
"""

import dataclasses
import multiprocessing
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hdl.axi import AxiCore
from hdl.config import CoreConfig
from hdl.verilog import export

__all__ = ["Cost", "cost", "generate_empty"]

_KIB = 1024


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cost:
    """Time and memory of a step."""

    seconds: float
    """Time by the clock."""

    processor_seconds: float
    """Time on processors, all together."""

    peak_bytes: int
    """Largest memory of one of its processes."""


def cost(work: Callable[..., object], *arguments: Any) -> Cost:
    """Return the cost of ``work(*arguments)`` in a process of its own; its exceptions are raised here."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measure, (work, *arguments))


def generate_empty(config: CoreConfig, directory: Path) -> None:
    """Write the core for ``config`` with empty memories into ``directory``."""
    export(AxiCore(config), config.name, directory)


def _measure(work: Callable[..., object], *arguments: Any) -> Cost:
    before, begin = _processor_seconds(), time.perf_counter()
    work(*arguments)
    seconds = time.perf_counter() - begin
    return Cost(
        seconds=seconds,
        processor_seconds=_processor_seconds() - before,
        peak_bytes=max(usage.ru_maxrss for usage in _usages()) * _KIB,
    )


def _processor_seconds() -> float:
    return sum(usage.ru_utime + usage.ru_stime for usage in _usages())


def _usages() -> list[resource.struct_rusage]:
    return [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
