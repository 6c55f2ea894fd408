"""Stochastic units."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .polynomials import LFSR_TAPS, jump, spread
from .section import PositiveInt, Section, Size

__all__ = ["RandomConfig"]


class RandomConfig(Section):
    """Stochastic unit of the core."""

    lfsr_width: Annotated[int, Field(strict=True, ge=min(LFSR_TAPS), le=max(LFSR_TAPS))] = 32
    """Stages of the shift register."""

    draw_bits: Size = 8
    """Bits k of one draw: probabilities are multiples of 2^−k, and successive draws share no bit."""

    seed: Annotated[int, Field(strict=True, ge=1, lt=2 ** max(LFSR_TAPS))] = 1
    """State of the shift register after reset."""

    source: Literal["lfsr", "external"] = "lfsr"
    """Where draws come from: the shift register, or a stream of them into the core, which then has none."""

    units: PositiveInt = 1
    """Stochastic units that draw side by side: for the mask of a pass, and in each layer where channels have bits of
    their own."""

    @model_validator(mode="after")
    def _check_widths(self) -> Self:
        if self.draw_bits > min(self.lfsr_width, 32):
            raise ValueError(f"draw_bits must be at most {min(self.lfsr_width, 32)}, not {self.draw_bits}")
        if self.seed >= 2**self.lfsr_width:
            raise ValueError(f"seed must be between 1 and 2^{self.lfsr_width} - 1, not {self.seed}")
        return self

    @property
    def taps(self) -> tuple[int, ...]:
        """Stages of the shift register, counted from 1, that are fed back."""
        return LFSR_TAPS[self.lfsr_width]

    def jump(self, state: int, shifts: int) -> int:
        """Return the state ``shifts`` shifts after ``state``."""
        return jump(self.lfsr_width, state, shifts)

    def spread(self, state: int, shifts: int, count: int) -> tuple[int, ...]:
        """Return ``count`` states, the first ``state`` and each ``shifts`` shifts after the one before."""
        return spread(self.lfsr_width, state, shifts, count)
