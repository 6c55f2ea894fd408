"""Pictures of the comparison."""

import functools
from collections.abc import Mapping
from typing import Any

from ..study import Draw
from .cores_picture import draw_cores
from .sensitivity_picture import draw_sensitivity

__all__ = ["pictures"]


def pictures(result: Mapping[str, Any]) -> Mapping[str, Draw]:
    """Return the pictures of a result: both cores, and the sensitivity to the constants."""
    name = result["comparison"]
    return {
        f"cores_{name}": functools.partial(draw_cores, result),
        f"sensitivity_{name}": functools.partial(draw_sensitivity, result),
    }
