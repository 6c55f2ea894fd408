"""Options of the comparison of cores."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

__all__ = ["ComparisonOptions", "Sweep"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sweep:
    """Variants of the base.

    The base is the configuration as it is, and always there.
    """

    bits: Sequence[int] = (4, 6, 8)
    """Bits of a probability code, for every size; the base has `bayes.weight_bits`."""

    sizes: Sequence[int] = (64, 128, 256, 512)
    """Word lines and columns of arrays, besides those of the configuration."""

    lines: Sequence[float] = (0.5, 1.0, 2.0, 4.0)
    """Factors of the word lines driven at a time."""

    samples: int = 4_000
    """Samples of all constants."""

    seed: int = 0
    """Seed of the samples."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ComparisonOptions:
    """Constants, variants and passes."""

    constants: Path | None = None
    """Constants of the model, by default those that ship."""

    sweep: Sweep = dataclasses.field(default_factory=Sweep)
    """Variants of the base."""

    passes: int | None = None
    """Passes T, by default those of the configuration."""
