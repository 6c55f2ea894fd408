"""Result of the study of the exact mode."""

from ...base.provenance import Provenance
from ...base.record import Count, Record
from ...road.equivalence import Equivalence

__all__ = ["ExactRecord", "LongRun", "Mode", "Samples"]


class Mode(Record):
    """Run in one mode."""

    exact: bool
    """Whether each mask was computed once, with its probability."""

    order: str
    """Order of the passes."""

    passes: int | None
    """Passes that were drawn, None in the exact mode."""

    cycles_per_input: float
    """Clock cycles of each input."""

    mean_distance: float
    """Total variation from the exact distribution, mean over the inputs."""

    largest_distance: float
    """The largest one."""

    equivalence: Equivalence
    """Comparison of the RTL with golden."""


class Samples(Record):
    """Mean of many samples beside the exact distribution."""

    samples: Count
    """Samples of each mean."""

    comparisons: Count
    """Compared means."""

    largest: float
    """Largest difference in standard errors."""

    bound: float
    """Bound that chance exceeds with a probability of 1 %."""

    holds: bool
    """Whether chance explains the difference."""


class LongRun(Record):
    """Run with as many samples in RTL."""

    inputs: Count
    """Inputs."""

    passes: Count
    """Passes of each."""

    cycles_per_input: float
    """Clock cycles of each input."""

    equivalence: Equivalence
    """Comparison of the RTL with golden."""


class ExactRecord(Record):
    """Contents of ``exact.json``."""

    exact: str
    """Name of the configuration."""

    provenance: Provenance
    """Configuration, versions and the Program."""

    inputs: Count
    """Test inputs."""

    masks: Count
    """Masks."""

    rows: tuple[Mode, ...]
    """Runs, the exact one first."""

    samples: Samples
    """Comparison with many samples."""

    long_run: LongRun | None
    """Many samples in RTL, None where it cannot draw so many."""
