"""Options of the study of column groups."""

import dataclasses
from collections.abc import Sequence

from ...synthesis.targets import TARGETS

__all__ = ["FitsOptions"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class FitsOptions:
    """Columns and targets."""

    columns: Sequence[int] = ()
    """Columns sensed at a time, for each core; by default every divisor of the columns from 2 on."""

    targets: Sequence[str] = tuple(target for target in TARGETS if target != "gates")
    """Targets of synthesis."""
