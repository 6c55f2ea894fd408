"""Test results of one source of random bits."""

import dataclasses

from golden.randomness import BitTest

__all__ = ["SIGNIFICANCE", "Quality"]

#: A test is passed where its p-value is at least this.
SIGNIFICANCE = 1e-3


@dataclasses.dataclass(frozen=True, kw_only=True)
class Quality:
    """Test results of one source."""

    source: str
    """Name of the source."""

    period: int | None
    """Period in draws; None where it is unknown or infinite."""

    draws: int
    """Draws of a register for the passes that were tested."""

    tests: tuple[BitTest, ...]
    """Tests of :mod:`golden.randomness.bit_tests`."""

    alarm: str | None
    """First alarm of the self-test, `stuck` or `out of bounds`."""

    alarm_draw: int | None
    """Draw of its unit, from 1, that raised it."""

    @property
    def passed(self) -> bool:
        """Whether all tests are passed and nothing came twice."""
        return not self.repeats and all(test.p_value >= SIGNIFICANCE for test in self.tests)

    @property
    def repeats(self) -> bool:
        """Whether the source had come to the end of its period."""
        return self.period is not None and self.period < self.draws
