"""Sensing of the columns of an array."""

import dataclasses

from .layer import Layer
from .macro import MacroConfig

__all__ = ["Sensing"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sensing:
    """Widths and latency of comparators or converters.

    Made by :attr:`CoreConfig.sensing`. Digital arrays count every read at once: their codes are the counts.
    """

    macro: MacroConfig | None
    """The section, where arrays are macros."""

    @property
    def converts(self) -> bool:
        """Whether macros count, with converters."""
        return self.macro is not None and self.macro.sense == "adc"

    @property
    def stages(self) -> int:
        """Cycles that macros take from the bits of a read to its counts."""
        return self.macro.adc_cycles if self.macro is not None and self.converts else 0

    def adc_width(self, layer: Layer) -> int:
        """Return the bits of the codes of the converters of ``layer``."""
        return layer.read_width if self.macro is None else min(self.macro.adc_bits, layer.read_width)

    def adc_shift(self, layer: Layer) -> int:
        """Return the power of two that a step of the converters of ``layer`` is in agreements."""
        return layer.read_width - self.adc_width(layer)

    def count_lanes(self, layer: Layer) -> int:
        """Return the numbers that are counted in an array when it is calibrated: one, or one for each column."""
        return 1 if self.macro is None or self.macro.reference == "global" else layer.cols

    def known_count(self, layer: Layer) -> int:
        """Return the largest number of ones of a column, counted for one bit of a reference with all inputs at 1."""
        return 0 if self.macro is None else min(layer.inputs, layer.rows) * self.macro.calibration_reads

    def target_width(self, layer: Layer) -> int:
        """Return the bits of the target counts of ``layer``, those of all columns together where these share one."""
        columns = layer.cols if self.count_lanes(layer) == 1 else 1
        return (self.known_count(layer) * columns).bit_length()

    def calibration_lines(self, layer: Layer) -> int:
        """Return the rows behind the cells of a macro: planes of the references' codes, then those of the targets."""
        return 0 if self.macro is None else self.macro.reference_bits + self.target_width(layer)
