"""Figures of a data set in RTL."""

from typing import Literal, Self

from pydantic import Field, model_validator

from ..base.provenance import Provenance
from ..base.record import Count, Record
from .equivalence import Equivalence
from .layers import LayersComparison

__all__ = ["SimulationRecord", "SimulationSpeed"]


class SimulationSpeed(Record):
    """Speed of a simulation."""

    engine: Literal["verilator", "lanes"] = "verilator"
    """Simulator: one image at a time in compiled Verilog, or many as the bits of words."""

    inputs_per_second: float = Field(ge=0)
    """Simulated inputs per second."""

    bit_macs_per_second: float = Field(ge=0)
    """Multiplications of bits per second."""

    seconds: float = Field(ge=0)
    """Wall time."""

    loading_seconds: float = Field(ge=0)
    """Wall time of the register writes before."""

    build_seconds: float = Field(ge=0)
    """Time to build the simulator, almost none when it was cached."""

    workers: int = Field(ge=1)
    """Cores simulated side by side."""


class SimulatedChip(Record):
    """Chip whose macros answered."""

    device: str
    """Model of the cells."""

    chip: Count
    """Its number."""

    noise_target: float
    """Conductance of the noise cells, µS."""

    horizon: float | None
    """Age for which targets were chosen, s; None as if cells were exact."""

    age: float | None
    """Age at which it computed, s; None as it was programmed."""

    calibrated: bool
    """Whether the core searched for the references first."""

    corrected: Count | None
    """Training inputs that its logit constants were found with; None with those of the Program."""


class SimulationRecord(Record):
    """Contents of ``simulate.json``."""

    provenance: Provenance
    """Configuration, versions, Program and Verilog, and the checkpoint where the float network ran."""

    contents: Literal["of the generated core", "loaded through the register port"]
    """How the Program came into the core."""

    random_weights: bool
    """Whether the weights are random integers."""

    random_pixels: Count | None
    """Seed of random pixels, None where these are of the data set."""

    inputs: int = Field(ge=1)
    """Inputs."""

    passes: int = Field(ge=1)
    """Monte-Carlo passes T of each."""

    exact: bool
    """Whether each mask was computed once, with its weight, instead."""

    chip: SimulatedChip | None = None
    """Chip of macros, where the core has these."""

    equivalence: Equivalence
    """Comparison of the results with golden."""

    layers: LayersComparison | None
    """Comparison of all activations of the first input, where it was asked for."""

    correct: Count | None
    """Inputs whose class is their label, None without labels."""

    cycles: Count
    """Clock cycles of all cores together."""

    cycles_per_input: float = Field(ge=0)
    """Clock cycles of each input."""

    simulator: SimulationSpeed
    """Speed."""

    @model_validator(mode="after")
    def _counts_what_there_is(self) -> Self:
        if self.correct is not None and self.correct > self.inputs:
            raise ValueError(f"correct must be at most inputs ({self.inputs}), not {self.correct}")
        for role in ("program", "verilog"):
            if role not in self.provenance.inputs:
                raise ValueError(f"provenance.inputs must name the {role}, and does not")
        if (self.correct is None) != (self.random_pixels is not None):
            raise ValueError("correct must be a number for a data set, and null for random pixels")
        for name, compared, different in (
            ("mismatches", self.equivalence.compared, self.equivalence.mismatches),
            (
                "statistics_mismatches",
                self.equivalence.compared_statistics,
                self.equivalence.statistics_mismatches,
            ),
        ):
            if not 0 <= different <= compared:
                raise ValueError(f"equivalence.{name} must be between 0 and {compared}, not {different}")
        return self
