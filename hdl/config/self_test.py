"""Self-test of the stochastic units."""

from typing import Annotated

from pydantic import Field

from .section import Section

__all__ = ["RUN_WIDTH", "SelfTestConfig"]

#: Bits of a length of a run, and of its limit.
RUN_WIDTH = 16


class SelfTestConfig(Section):
    """Self-test of each stochastic unit.

    :mod:`golden.randomness.self_test_limits` derives the limits from a rate of false alarms.
    """

    window_bits: Annotated[int, Field(strict=True, ge=1, le=16)] = 11
    """Exponent w of the window, W = 2^w draws."""

    bound: Annotated[int, Field(strict=True, ge=0, lt=2**17)]
    """Drops in a window, more or less than W p, beyond which the unit is out of bounds; after reset."""

    drop_run: Annotated[int, Field(strict=True, ge=0, lt=2**RUN_WIDTH)]
    """Length of a run of drops from which on the unit is stuck, 0 for no limit; after reset."""

    keep_run: Annotated[int, Field(strict=True, ge=0, lt=2**RUN_WIDTH)]
    """The same for a run of keeps."""

    @property
    def window(self) -> int:
        """Draws W of a window."""
        return 1 << self.window_bits

    @property
    def bound_width(self) -> int:
        """Bits of a bound, as large as a window."""
        return self.window_bits + 1
