"""Scoreboard of output beats."""

from collections import deque
from typing import Any

from cocotb.triggers import FallingEdge

__all__ = ["Scoreboard"]

#: Cycles after the last expected beat in which a surplus one would still be noticed.
_GRACE = 20


class Scoreboard:
    """Scoreboard that compares beats in order.

    A test that checked nothing has failed: always :meth:`finish`.
    """

    def __init__(self, dut: Any, name: str = "o"):
        self._clk = dut.clk
        self._name = name
        self._expected: deque[Any] = deque()
        self.matched = 0
        """Number of beats that came as expected."""

    @property
    def pending(self) -> int:
        """Number of beats that are expected and have not come yet."""
        return len(self._expected)

    def expect(self, *beats: Any) -> None:
        """Expect ``beats``, after those that are expected already."""
        self._expected.extend(beats)

    def observe(self, beat: Any) -> None:
        """Compare a beat with the next expected one."""
        assert self._expected, f"{self._name}: nothing was expected, but {beat!r} came out"
        expected = self._expected.popleft()
        assert beat == expected, f"{self._name}: beat {self.matched} is {beat!r}, not {expected!r}"
        self.matched += 1

    def forget(self) -> None:
        """Expect nothing any more, as after a reset."""
        self._expected.clear()

    async def finish(self, *, at_least: int = 1) -> None:
        """Wait for everything that is expected, at most until the test's timeout.

        Fails where a surplus beat follows or fewer than ``at_least`` were compared.
        """
        while self._expected:
            await FallingEdge(self._clk)
        for _ in range(_GRACE):
            await FallingEdge(self._clk)
        assert self.matched >= at_least, f"{self._name}: only {self.matched} beats were compared, not {at_least}"
