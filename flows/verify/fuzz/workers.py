"""Workers of the fuzzer, each a process."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from .case import Outcome

__all__ = ["Worker", "run_alone"]

#: Time on the clock for a second of the processor, where other programs run too.
_PATIENCE = 10


class Worker:
    """Process that runs command lines without starting anew for each, as long as they do not end it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Worker":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def run(self, arguments: Sequence[str], directory: Path, limit: float) -> Outcome:
        """Run a command line in ``directory``, for at most ``limit`` seconds of the processor."""
        if self._process is None:
            command = [sys.executable, "-m", f"{__package__}.worker"]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", start_new_session=True
            )
        process, begin = self._process, time.monotonic()
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the worker must have pipes")
        request = {"arguments": list(arguments), "directory": str(directory), "limit": limit}
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], _PATIENCE * limit)
        answer = process.stdout.readline() if ready else ""
        if not answer:
            # Nothing to read at the end of its output: it has ended, or is about to.
            ended = f"ended with {process.wait()}" if ready else "did not end"
            self._end()
            return Outcome(None, "", ended, time.monotonic() - begin)
        return Outcome(**json.loads(answer))

    def _end(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.communicate()
            self._process = None


def run_alone(arguments: Sequence[str], directory: Path, limit: float) -> Outcome:
    """Run a command line in ``directory`` as a program of its own."""
    begin = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "flows", *arguments],
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=_PATIENCE * limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return Outcome(None, "", "did not end", time.monotonic() - begin)
    told = (out.decode(errors="replace"), err.decode(errors="replace"))
    return Outcome(process.returncode, *told, time.monotonic() - begin)
