"""Options of the study of faults."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["STRENGTHS", "RobustnessOptions"]

#: Strengths of each fault.
STRENGTHS: Mapping[str, Sequence[float]] = {
    "bit-flips": (0.01, 0.02, 0.05, 0.1, 0.2),
    "additive": (0.25, 0.5, 1.0, 1.5, 2.0),
    "multiplicative": (0.25, 0.5, 1.0, 1.5, 2.0),
    "uniform": (0.5, 1.0, 2.0, 3.0, 4.0),
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class RobustnessOptions:
    """Networks, faults, chips and inputs."""

    program: Path | None = None
    """Program to run, by default the one among the products."""

    against: Sequence[Path] = ()
    """Other networks of the same data set to compare it with: directories of products, or Programs."""

    faults: Mapping[str, Sequence[float]] = dataclasses.field(default_factory=lambda: STRENGTHS)
    """Strengths by the names of the faults; the strength 0 is always measured."""

    fresh: bool | None = None
    """Whether noise and variation are drawn anew for each read, or once for each chip; by default as each fault is. Bit
    flips are frozen."""

    chips: int = 20
    """Chips for each point, at least 2."""

    inputs: int = 1000
    """Most test inputs, the first ones."""

    passes: int | None = None
    """Monte-Carlo passes T, by default those of each configuration."""

    seed: int = 0
    """Seed of the faults."""

    data: Path | None = None
    """Directory of the data set, where it does not ship with a package."""
