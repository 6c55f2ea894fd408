"""Result of the comparison of schemes."""

from pydantic import Field

from ...base.provenance import Provenance
from ...base.record import Count, Record
from ...base.spread import Spread
from ...road.equivalence import Equivalence

__all__ = ["SchemeCells", "SchemeRecord", "SchemeSimulation", "SchemesRecord"]


class SchemeSimulation(Record):
    """Simulation of one method in RTL."""

    inputs: Count
    """Inputs."""

    passes: Count
    """Monte-Carlo passes T."""

    cycles_per_input: float
    """Clock cycles of each input."""

    equivalence: Equivalence
    """Comparison with golden."""


class SchemeCells(Record):
    """Cost of one method on one target."""

    kinds: dict[str, Count]
    """Number of cells of each kind."""

    units: dict[str, Count] = Field(alias="stochastic units")
    """Those of the stochastic units."""

    transistors: Count | None
    """Estimate for the logic alone, where the target has one."""


class SchemeRecord(Record):
    """Figures of one method."""

    method: str
    """The method."""

    p: tuple[float, ...]
    """Realised probabilities."""

    passes: Count
    """Monte-Carlo passes T."""

    seeds: Count
    """Trainings."""

    accuracy: Spread
    """Share of right answers."""

    nll: Spread
    """Negative log-likelihood, nats."""

    ece: Spread
    """Expected calibration error."""

    auroc: dict[str, Spread]
    """Detection of each out-of-distribution set."""

    random_bits: Count
    """Random bits of a pass."""

    units: Count
    """Stochastic units."""

    simulation: SchemeSimulation | None
    """Simulation in RTL, where there is one."""

    synthesis: dict[str, SchemeCells] | None
    """Cost by target, where there is one."""


class SchemesRecord(Record):
    """Contents of ``schemes.json``."""

    provenance: Provenance
    """Configuration and versions."""

    network: str
    """Name of the configuration."""

    layers: tuple[Count, ...]
    """Inputs, and outputs of each layer."""

    schemes: tuple[SchemeRecord, ...]
    """Methods."""
