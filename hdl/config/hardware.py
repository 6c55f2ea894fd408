"""Hardware options."""

from typing import Annotated

from pydantic import Field

from .layer import Layer
from .section import Section

__all__ = ["HardwareConfig"]


class HardwareConfig(Section):
    """Hardware options of the core.

    They change no result: they are not part of the configuration's hash, and any Program fits.
    """

    pipeline: Annotated[int, Field(strict=True, ge=0, le=4)] = 0
    """Register stages between the cells and the accumulator, each a cycle of latency in every layer. The first is
    before the accumulator, the second before the cells of each array, the third behind its columns, the fourth in the
    middle of their counting."""

    planes_per_cycle: Annotated[int, Field(strict=True, ge=1, le=64)] = 5
    """Bit planes of the counts that neurons compare with their thresholds in one cycle: more take fewer cycles for each
    vector, over a longer critical path."""

    def compare_cycles(self, layer: Layer) -> int:
        """Return the cycles of a comparison in ``layer``, thresholds having been read."""
        return -(-layer.threshold_width // self.planes_per_cycle)

    @property
    def sums_registered(self) -> bool:
        """Whether the sums of the row tiles are registered before they are accumulated."""
        return self.pipeline >= _SUMS

    @property
    def reads_registered(self) -> bool:
        """Whether each array registers its commands to read and to write, and the bits of the read."""
        return self.pipeline >= _READS

    @property
    def counts_registered(self) -> bool:
        """Whether the counts of each array are registered before those of row tiles are added."""
        return self.pipeline >= _COUNTS

    @property
    def halves_registered(self) -> bool:
        """Whether the counts of the two halves of a read are registered before they are added."""
        return self.pipeline >= _HALVES

    @property
    def array_stages(self) -> int:
        """Cycles from the bits of a read to the counts of its array."""
        return self.reads_registered + self.halves_registered + self.counts_registered


#: Number of pipeline stages from which on each place has one, the slowest path first.
_SUMS, _READS, _COUNTS, _HALVES = 1, 2, 3, 4
