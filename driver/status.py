"""State of a core."""

import dataclasses

__all__ = ["Status"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Status:
    """State of a core."""

    enabled: bool
    """Whether inputs are started."""

    busy: bool
    """Whether an input is in the core."""
