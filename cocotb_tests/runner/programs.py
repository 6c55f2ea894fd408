"""Runs of other programs, with the reason of a failure."""

import contextlib
import dataclasses
import os
import re
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

__all__ = ["Ended", "failure", "run_program"]

#: Lines at the end of the output that are searched: earlier ones do not report the failure.
_LOG_LINES = 20

#: And those of a build, where compilers side by side go on for a while.
_BUILD_LINES = 200

#: Lines of an output without a complaint that are shown.
_LAST_LINES = 3

#: Prefixes of the error lines of Yosys, nextpnr and ABC.
_COMPLAINT = re.compile(r"ERROR|cannot be used")

#: Errors of Verilator, compilers, the linker, make and the shell, the cause before its consequences.
_CAUSES = (
    re.compile(r"No space left on device|Disk quota exceeded|Cannot allocate memory|Killed"),
    re.compile(r"not found|No such file or directory|Permission denied|cannot execute"),
    re.compile(r"^%Error[^:]*: (?!make|Command Failed)"),
    re.compile(r"\berror\b", re.IGNORECASE),
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ended:
    """A program that has ended."""

    code: int
    """Exit code; a negative one is a signal."""

    output: str
    """Standard output and error together."""

    @property
    def reason(self) -> str:
        """Why it failed, in its own words."""
        return failure(self.output, self.code)


def run_program(
    command: Sequence[str],
    *,
    directory: Path | None = None,
    environment: Mapping[str, str] | None = None,
    limit: float | None = None,
    before: Callable[[], object] | None = None,
) -> Ended:
    """Run a program to its end, and let none of the processes that it starts survive.

    Parameters
    ----------
    command
        Program and arguments.
    directory
        Working directory, by default ours.
    environment
        Variables beside ours.
    limit
        Seconds after which it is stopped.
    before
        Called in the new process before the program starts.

    Raises
    ------
    OSError
        It cannot be started.
    """
    process = subprocess.Popen(
        command,
        cwd=directory,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=before,
        start_new_session=True,
    )
    with process:
        try:
            output, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            _end_group(process)
            output = process.communicate()[0] + f"\nstopped after {limit} seconds\n".encode()
        finally:
            # Also those that outlive it, such as the compilers of a build.
            _end_group(process)
    return Ended(code=process.returncode, output=output.decode(errors="replace"))


def _end_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def failure(output: str, returncode: int) -> str:
    """Return the line of ``output`` that reports the error, or else how the program ended and its last lines.

    ``returncode`` is that of :mod:`subprocess`, not 0; a negative one is a signal.
    """
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    complaint = next((line for line in lines[-_LOG_LINES:] if _COMPLAINT.search(line)), None)
    if complaint is not None:
        return complaint
    # The last lines of a killed program show its progress, and not the reason of its end.
    if returncode < 0:
        return f"ended by {_signal_name(-returncode)}"
    for cause in _CAUSES:
        found = next((line for line in lines[-_BUILD_LINES:] if cause.search(line)), None)
        if found is not None:
            return found
    return "; ".join(lines[-_LAST_LINES:]) or f"ended with exit status {returncode} and no output"


def _signal_name(number: int) -> str:
    if number == signal.SIGKILL:
        # It cannot be caught, and a system without memory sends it.
        return "SIGKILL; memory may have run out"
    try:
        return signal.Signals(number).name
    except ValueError:
        # Real-time signals except the first and the last have no name.
        return f"signal {number}"
