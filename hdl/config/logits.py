"""Fixed-point formats of logits."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from .section import Index, Section

__all__ = ["LogitConfig"]


class LogitConfig(Section):
    """Fixed-point formats of the logit correction.

    y = (gain · z + offset) >> shift
    """

    width: Annotated[int, Field(strict=True, ge=4, le=24)] = 12
    """Bits of a signed logit."""

    fraction: Index = 6
    """Bits of a logit after the binary point."""

    gain_width: Annotated[int, Field(strict=True, ge=2, le=24)] = 12
    """Bits of a signed gain."""

    offset_width: Annotated[int, Field(strict=True, ge=2, le=32)] = 24
    """Bits of a signed offset."""

    max_shift: Annotated[int, Field(strict=True, ge=1, le=31)] = 15
    """Largest shift."""

    @model_validator(mode="after")
    def _check_fraction(self) -> Self:
        if self.fraction >= self.width:
            raise ValueError(f"fraction must be less than width ({self.width}), not {self.fraction}")
        return self

    @property
    def shift_width(self) -> int:
        """Bits of a shift."""
        return self.max_shift.bit_length()

    @property
    def lowest(self) -> int:
        """Smallest logit."""
        return -(2 ** (self.width - 1))

    @property
    def highest(self) -> int:
        """Largest logit."""
        return 2 ** (self.width - 1) - 1
