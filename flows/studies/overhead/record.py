"""Result of the study of overhead."""

from pydantic import Field

from ...base.provenance import Provenance
from ...base.record import Count, Record

__all__ = ["Cells", "OverheadRecord", "Size", "TargetCells"]


class Cells(Record):
    """Cells of a part."""

    logic: Count
    """LUTs or gates."""

    flip_flops: Count = Field(alias="flip-flops")
    """Flip-flops."""


class TargetCells(Record):
    """Cells on one target."""

    core: Cells
    """Of the whole core."""

    unit: Cells
    """Of its stochastic unit."""


class Size(Record):
    """Core of one size."""

    hidden: tuple[Count, ...]
    """Neurons of each hidden layer."""

    weights: Count
    """Weights."""

    targets: dict[str, TargetCells]
    """Cells by target."""


class OverheadRecord(Record):
    """Contents of ``overhead.json``."""

    provenance: Provenance
    """Configuration and versions."""

    name: str
    """Name of the configuration."""

    method: str
    """Its method."""

    overhead: tuple[Size, ...] = Field(min_length=1)
    """Cores in the order that was asked for."""

    constant: bool
    """Whether the stochastic unit takes the same cells in all of them."""
