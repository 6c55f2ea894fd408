"""Options of the study of the exact mode."""

import dataclasses
from pathlib import Path

__all__ = ["ExactOptions"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class ExactOptions:
    """Inputs."""

    inputs: int | None = None
    """Number of test inputs, by default all."""

    data: Path | None = None
    """Directory of the data set, where it does not ship with a package."""
