"""Result of the study of column groups."""

from pydantic import Field

from ...base.provenance import Provenance
from ...base.record import Count, Record

__all__ = ["FitsRecord", "Grouping"]


class Grouping(Record):
    """Core with columns in groups."""

    columns: Count
    """Columns sensed at a time."""

    cycles_per_input: float
    """Clock cycles of each further input, inputs following one another."""

    cells: dict[str, dict[str, Count]]
    """Cells of the core by kind, by target."""


class FitsRecord(Record):
    """Contents of ``fits.json``."""

    provenance: Provenance
    """Configuration and versions."""

    name: str
    """Name of the configuration."""

    cols: Count
    """Columns of an array."""

    passes: Count
    """Monte-Carlo passes T of an input."""

    groupings: tuple[Grouping, ...] = Field(min_length=1)
    """Cores, the one with the fewest columns at a time first."""
