"""Options of the study of chips."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

__all__ = ["DEVICE", "MAX_PULSES", "ChipsOptions"]

#: Device model where none is named.
DEVICE = "pcm"

#: Pulses of one cell that is programmed and verified.
MAX_PULSES = 10


@dataclasses.dataclass(frozen=True, kw_only=True)
class ChipsOptions:
    """Device, programming, chips and inputs."""

    program: Path | None = None
    """Program to run, by default the one among the products."""

    device: str | None = None
    """Name of the device model, by default :data:`DEVICE`."""

    table: Path | None = None
    """Measured cells, to use instead of a device model."""

    noise_target: float = 2.5
    """m₀ of the pairs of cells, µS."""

    tolerance: float = 0.0
    """Distance from the target until which cells are programmed and verified, µS; 0 for one pulse each."""

    max_pulses: int | None = None
    """Pulses of one cell, at most, where cells are verified; by default :data:`MAX_PULSES`."""

    horizon: float = 86400.0
    """Age at which the mean P of a weight over chips is the one wanted, s; 0 for targets as if cells were exact."""

    chips: int = 20
    """Chips, at least 2."""

    ages: Sequence[float] = (3600.0, 86400.0, 2592000.0)
    """Ages after the first read, s: an hour, a day, 30 days."""

    inputs: int | None = None
    """Most test inputs, the first ones; by default all."""

    calibration: int = 256
    """Training inputs that the logits of each chip are calibrated with, drawn with the seed."""

    passes: int | None = None
    """Passes T, by default those of the configuration."""

    seed: int = 0
    """Seed of the chips and of all noise."""

    data: Path | None = None
    """Directory of the data set, where it does not ship with a package."""
