"""Run of Yosys over a script."""

import resource
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ..base.yosys import Yosys

__all__ = ["complaint", "run_script"]


def run_script(
    directory: Path, name: str, commands: Sequence[str], *, yosys: Yosys, limit: int | None = None
) -> str | None:
    """Run ``commands`` as ``<name>.ys`` and return the output, or None after ``limit`` seconds of a processor."""
    script = directory / f"{name}.ys"
    script.write_text("\n".join(commands) + "\n")
    # Processor time: the limit of decisions does not depend on other load.
    bound = None if limit is None else lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
    done = subprocess.run(
        [*yosys.command, script.name],
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=bound,
        check=False,
    )
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return None
    return done.stdout if done.returncode == 0 else f"{done.stdout}\nERROR: exit code {done.returncode}\n"


def complaint(log: str | None) -> str | None:
    """Return the line of a log that reports the error, or None without one."""
    return next((line for line in (log or "").splitlines() if line.startswith("ERROR")), None)
