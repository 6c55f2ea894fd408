"""Arrays that are macros of a foundry."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .section import Index, Section

__all__ = ["MacroConfig"]


class MacroConfig(Section):
    """Arrays outside the core, as black boxes.

    Their cells draw their weights when they are read. A level, to which a cell is programmed and which a verify read
    returns, is the probability code of a weight with its
    `bayes.weight_bits` bits.
    """

    sense: Literal["comparator", "adc"] = "comparator"
    """Sensing of a column: a comparator for each word line of a read, each of which lies in a bank of its own, or a
    converter for the sum of all that are driven."""

    adc_bits: Annotated[int, Field(strict=True, ge=1, le=16)] = 8
    """Bits of a converter; of a layer whose counts have fewer, those."""

    adc_cycles: Annotated[int, Field(strict=True, ge=1, le=64)] = 1
    """Cycles from the bits of a read to its codes; a read may begin in each of them."""

    tolerance: Index = 0
    """Levels by which a verify read may differ from the level that was to be programmed."""

    max_pulses: Annotated[int, Field(strict=True, ge=1, le=2**16)] = 16
    """Pulses after which a cell that is still outside the tolerance has failed."""

    reference_bits: Annotated[int, Field(strict=True, ge=1, le=16)] = 8
    """Bits of the code that sets the reference of the sense amplifiers; after reset half its range."""

    reference: Literal["global", "column"] = "global"
    """Whether an array has one reference, or one for each column."""

    calibration_reads: Annotated[int, Field(strict=True, ge=1, le=2**16)] = 64
    """Reads of each group of word lines for each bit of a reference that is searched."""

    @model_validator(mode="after")
    def _check_converters(self) -> Self:
        if self.sense != "adc":
            for field in ("adc_bits", "adc_cycles"):
                value = getattr(self, field)
                if value != type(self).model_fields[field].default:
                    raise ValueError(f"{field} must be omitted for comparators, not be {value}")
        return self

    def pulses_width(self, cols: int) -> int:
        """Return the bits of the number of pulses that ``cols`` cells of a row get until it is programmed."""
        return (cols * self.max_pulses).bit_length()

    @property
    def reference_reset(self) -> int:
        """Code of a reference after reset: the middle, which is no offset."""
        return 1 << self.reference_bits - 1
