"""Options of the study of the stochastic unit's cost."""

import dataclasses
from collections.abc import Sequence

from ...synthesis.targets import TARGETS

__all__ = ["OverheadOptions"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class OverheadOptions:
    """Sizes and targets."""

    widths: Sequence[int] = (128, 256, 512)
    """Neurons of each hidden layer, for each size."""

    targets: Sequence[str] = tuple(TARGETS)
    """Targets of synthesis."""
