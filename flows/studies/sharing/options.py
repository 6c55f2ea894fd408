"""Options of the study of shared draws."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

__all__ = ["SharingOptions"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class SharingOptions:
    """Network, generators, passes and inputs."""

    program: Path | None = None
    """Program to run, by default the one among the products."""

    data: Path | None = None
    """Directory of the data set, where it does not ship with a package."""

    passes: int | None = None
    """Monte-Carlo passes T, by default those of the configuration."""

    generators: Sequence[int] = ()
    """Numbers of generators, by default 1, 4 and 16 as far as they are fewer than the outputs of the widest layer, and
    one for each of these."""

    repeats: int = 3
    """Repetitions, each with the passes that follow those of the one before."""

    correlated: int = 500
    """Passes that correlations are estimated from."""

    inputs: int = 1000
    """Test inputs, at most."""
