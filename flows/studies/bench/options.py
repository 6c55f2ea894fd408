"""Options of the measurement of a core's cost."""

import dataclasses

__all__ = ["ScaleOptions"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class ScaleOptions:
    """Inputs."""

    inputs: int = 20
    """Random images that are simulated."""
