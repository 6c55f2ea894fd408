"""Options of the study of device models."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

__all__ = ["DevicesOptions"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class DevicesOptions:
    """Models and samples."""

    names: Sequence[str] = ()
    """Names of models; without any, all of them, or the table alone."""

    table: Path | None = None
    """Measurements of a device of one's own."""

    chips: int = 100
    """Chips that are programmed."""

    cells: int = 10_000
    """Cells of each target on each chip."""

    seed: int = 0
    """Seed of every model."""
