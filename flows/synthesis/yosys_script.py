"""Run of Yosys over a script."""

import resource
import signal
from collections.abc import Sequence
from pathlib import Path

from cocotb_tests.runner.programs import run_program

from ..base.yosys import Yosys

__all__ = ["complaint", "run_script"]


def run_script(
    directory: Path, name: str, commands: Sequence[str], *, yosys: Yosys, limit: int | None = None
) -> str | None:
    """Run ``commands`` as ``<name>.ys`` and return the output, or None after ``limit`` seconds of a processor."""
    script = directory / f"{name}.ys"
    script.write_text("\n".join(commands) + "\n", encoding="utf-8")
    # Processor time: the limit of decisions does not depend on other load.
    bound = None if limit is None else lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
    done = run_program([*yosys.command, script.name], directory=directory, before=bound)
    if done.code in (-signal.SIGXCPU, -signal.SIGKILL):
        return None
    return done.output if done.code == 0 else f"{done.output}\nERROR: {done.reason}\n"


def complaint(log: str | None) -> str | None:
    """Return the line of a log that reports the error, or None without one."""
    return next((line for line in (log or "").splitlines() if line.startswith("ERROR")), None)
