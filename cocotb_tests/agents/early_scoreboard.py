"""Scoreboard for outputs that precede their input's acceptance."""

from collections import deque
from typing import Any

from .scoreboard import Scoreboard

__all__ = ["EarlyScoreboard"]


class EarlyScoreboard(Scoreboard):
    """Scoreboard for beats before or after their expectation.

    Beats are compared in order.
    """

    def __init__(self, dut: Any, name: str = "o"):
        super().__init__(dut, name)
        self._early: deque[Any] = deque()

    def expect(self, *beats: Any) -> None:
        """Expect ``beats``, of which some may have come."""
        super().expect(*beats)
        while self._early and self.pending:
            super().observe(self._early.popleft())

    def observe(self, beat: Any) -> None:
        """Compare a beat, now or when it is expected."""
        self._early.append(beat)
        self.expect()

    def forget(self) -> None:
        """Forget expectations and early beats."""
        super().forget()
        self._early.clear()

    async def finish(self, *, at_least: int = 1) -> None:
        """Wait for everything that is expected; fails where more came."""
        await super().finish(at_least=at_least)
        assert not self._early, f"{self._name}: nothing was expected, but {self._early[0]!r} came out"
