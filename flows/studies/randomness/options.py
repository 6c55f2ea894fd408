"""Options of the study of random bits."""

import dataclasses
from pathlib import Path

__all__ = ["RandomnessOptions"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class RandomnessOptions:
    """Network, passes and inputs."""

    program: Path | None = None
    """Program to run, by default the one among the products."""

    data: Path | None = None
    """Directory of the data set, where it does not ship with a package."""

    passes: int | None = None
    """Monte-Carlo passes T, by default those of the configuration."""

    tested: int = 2**16
    """Passes whose bits are tested."""

    repeats: int = 10
    """Repetitions with other bits of each source."""

    inputs: int = 1000
    """Test inputs, at most."""
