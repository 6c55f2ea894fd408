"""What a core is doing."""

import dataclasses

__all__ = ["Status"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Status:
    """What a core is doing."""

    enabled: bool
    """Inputs are started."""

    busy: bool
    """An input is in the core."""
