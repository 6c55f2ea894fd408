"""Result of the study of chips."""

from typing import Any

from pydantic import Field

from ...base.provenance import Provenance
from ...base.record import Count, Record, Share

__all__ = [
    "AgedChips",
    "ChipFigure",
    "ChipFigures",
    "ChipsRecord",
    "Flagged",
    "FreshChips",
    "LayerWeights",
    "Programming",
    "Weights",
]


class ChipFigure(Record):
    """Measure over the chips; None where no chip has it."""

    mean: float | None
    """Mean."""

    deviation: float | None
    """Sample standard deviation."""

    chips: tuple[float | None, ...]
    """Value of each chip, None of one that was flagged."""


class ChipFigures(Record):
    """Measures over the chips."""

    accuracy: ChipFigure
    """Share of right answers."""

    nll: ChipFigure
    """Negative log-likelihood, nats."""

    ece: ChipFigure
    """Expected calibration error."""


class FreshChips(Record):
    """Chips after programming."""

    uncorrected: ChipFigures
    """With the logit constants of ideal software."""

    corrected: ChipFigures
    """With those of the chip."""


class AgedChips(FreshChips):
    """Chips at an age; their constants are those of the fresh chip."""

    seconds: float
    """Age."""

    compensation: str
    """Drift compensation."""

    recalibrated: ChipFigures
    """With constants of that age."""


class LayerWeights(Record):
    """Probabilities of the weights of a layer."""

    counts: tuple[Count, ...]
    """Weights in each bin of P(w = +1)."""

    undecided: Share
    """Share of those that are neither almost certain."""


class Weights(Record):
    """Probabilities of all weights."""

    layers: tuple[LayerWeights, ...]
    """By layer."""

    weights: Count
    """All weights."""

    undecided: Share
    """Share of those that are neither almost certain."""


class Programming(Record):
    """Programming of the chips."""

    cells: Count
    """Cells of a chip."""

    pulses_per_cell: float
    """Mean number of pulses."""

    failed_per_chip: tuple[Count, ...]
    """Cells that were not in tolerance at the end, of each chip."""


class Flagged(Record):
    """Chip that cannot be corrected."""

    chip: Count
    """Its number."""

    classes: tuple[Count, ...]
    """Classes without logit constants."""


class ChipsRecord(Record):
    """Contents of ``chips.json``."""

    name: str
    """Name of the configuration."""

    deployment: str
    """Name of the device."""

    provenance: Provenance
    """Configuration, versions and the Program."""

    random_weights: bool
    """Whether the weights are random integers."""

    network: str
    """Layers."""

    device: dict[str, Any]
    """Constants of the device."""

    noise_target: float | None
    """Read noise that pairs of cells were chosen for."""

    verify: dict[str, float] | None
    """Tolerance and pulses of program-and-verify, None without it."""

    horizon: float | None
    """Time that the programming is for, s."""

    first_read: float
    """Time of the first read, s."""

    chips: int = Field(ge=2)
    """Chips."""

    inputs: int = Field(ge=1)
    """Test inputs."""

    calibration: Count
    """Images of the calibration."""

    passes: int = Field(ge=1)
    """Monte-Carlo passes T."""

    seed: Count
    """Seed."""

    weights: Weights
    """Probabilities of the weights."""

    programming: Programming
    """Programming."""

    flagged: tuple[Flagged, ...]
    """Chips that cannot be corrected."""

    software: ChipFigures
    """Ideal software, as often as there are chips."""

    fresh: FreshChips
    """Fresh chips."""

    aged: tuple[AgedChips, ...]
    """Aged chips, by age and compensation."""
