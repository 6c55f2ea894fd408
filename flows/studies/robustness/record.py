"""Result of the study of faults."""

from typing import Self

from pydantic import Field, model_validator

from ...base.provenance import Provenance
from ...base.record import Count, Digest, Record
from ...base.spread import Spread

__all__ = ["FaultKind", "FaultPoint", "FaultyNetwork", "Gain", "RobustnessRecord", "Unfaulted"]


class FaultKind(Record):
    """Kind of fault."""

    unit: str
    """Unit of its strength."""

    draws: str
    """Whether it is drawn once for each chip, or for each read."""


class Unfaulted(Record):
    """Measures without any fault."""

    accuracy: Spread
    """Share of right answers."""

    nll: Spread
    """Negative log-likelihood, nats."""

    ece: Spread
    """Expected calibration error."""


class FaultPoint(Unfaulted):
    """Measures over the chips with one fault."""

    strength: float = Field(gt=0)
    """Strength of the fault."""


class FaultyNetwork(Record):
    """Network under all faults."""

    label: str
    """Name that no other network of the result has."""

    name: str
    """Name of its configuration."""

    method: str
    """Its method."""

    config_hash: Digest
    """Hash of its configuration."""

    program: Digest
    """Digest of its Program."""

    random_weights: bool
    """Whether the weights are random integers."""

    inputs: int = Field(ge=1)
    """Test inputs."""

    passes: int = Field(ge=1)
    """Monte-Carlo passes T."""

    without: Unfaulted
    """Measures without any fault."""

    faults: dict[str, tuple[FaultPoint, ...]]
    """Measures by fault, in rising strength."""


class Gain(Record):
    """Where the first network is the most points of accuracy better than another one."""

    fault: str
    """Fault."""

    strength: float
    """Its strength."""

    points: float
    """Difference, in hundredths of all inputs."""

    spread: float
    """Standard deviation of the difference of two chips."""

    against: str
    """Label of the other network."""


class RobustnessRecord(Record):
    """Contents of ``robustness.json``."""

    name: str
    """Name of the configuration."""

    provenance: Provenance
    """Configuration, versions and the Program."""

    chips: int = Field(ge=2)
    """Chips for each point."""

    seed: Count
    """Seed of the faults."""

    kinds: dict[str, FaultKind]
    """Faults."""

    networks: tuple[FaultyNetwork, ...] = Field(min_length=1)
    """Networks, the one of the configuration first."""

    gains: tuple[Gain, ...]
    """Largest gain over each other network, by fault."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for each in self.networks:
            if each.faults.keys() != self.kinds.keys():
                raise ValueError(f"networks must have the faults {', '.join(self.kinds)}, not {', '.join(each.faults)}")
            for name, points in each.faults.items():
                wanted = [point.strength for point in self.networks[0].faults[name]]
                if [point.strength for point in points] != wanted:
                    raise ValueError(f"networks must have the strengths {wanted} of {name}, and have not")
        return self
