"""Watch over a running simulation, by its log."""

import re
import time
from pathlib import Path

__all__ = ["Watch"]

_RUNNING = re.compile(r"INFO +cocotb\.regression +running (?P<test>\S+) \(\d+/\d+\)")
_PASSED = re.compile(r"INFO +cocotb\.regression +\S+ passed")
#: What ends a test that waits for ever for an answer.
_TIMEOUT = "SimTimeoutError"


class Watch:
    """Watch over a running simulation.

    The timeouts of tests count simulated time, a hundred thousand cycles. A core that never answers reaches that of
    every test, and a simulator in a loop without time reaches none.

    Parameters
    ----------
    log
        Output of the simulation.
    limit
        Seconds after which it has to end.
    silence
        Seconds that a test may take without any output.
    timeouts
        Tests that may reach their own timeouts until the others are not worth their time; None for all.
    """

    def __init__(self, log: Path, *, limit: float, silence: float, timeouts: int | None):
        self._log = log
        self._limit = limit
        self._silence = silence
        self._timeouts = timeouts
        self._start = self._heard = time.monotonic()
        self._read = 0
        self._rest = ""
        self._passed = 0
        self._late: list[str] = []
        self._test: str | None = None

    @property
    def passed(self) -> int:
        """Number of tests that have passed."""
        return self._passed

    def reason(self) -> str | None:
        """Return why the simulation has to end now, with the name of the test that runs; None while it may go on."""
        self._listen()
        now = time.monotonic()
        place = f"in test {self._test}" if self._test else "before its first test"
        if self._timeouts is not None and len(self._late) >= self._timeouts:
            return f"stopped after the timeouts of {' and '.join(self._late)}"
        if now - self._start > self._limit:
            return f"stopped after {self._limit:g} s {place}"
        if self._test and now - self._heard > self._silence:
            return f"stopped after {self._silence:g} s without output {place}"
        return None

    def _listen(self) -> None:
        with self._log.open("rb") as log:
            log.seek(self._read)
            new = log.read()
        if not new:
            return
        self._read += len(new)
        self._heard = time.monotonic()
        *lines, self._rest = (self._rest + new.decode(errors="replace")).split("\n")
        for line in lines:
            if match := _RUNNING.search(line):
                self._test = match["test"].rpartition(".")[2]
            elif _PASSED.search(line):
                self._passed += 1
            elif _TIMEOUT in line and self._test and self._test not in self._late:
                self._late.append(self._test)
