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

    def reference_lines(self, layer: Layer, row_tile: int) -> int:
        """Return the word lines that are counted when reference cells are read: those that hold an input in group 0.

        With converters an odd number of their steps, so that half of the lines lies at the transition of two codes.
        """
        held, step = layer.driven_lines(row_tile, 0), 1 << self.adc_shift(layer)
        if not self.converts or held < step:
            return held
        return step * (held // step - (held // step + 1) % 2)
