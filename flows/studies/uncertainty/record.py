"""Result of the study of uncertainty."""

from typing import Literal, Self

from pydantic import Field, model_validator

from golden.measures import Assessment

from ...base.provenance import Provenance
from ...base.record import Count, Record
from ...road.equivalence import Equivalence

__all__ = ["UncertaintyRecord"]


class UncertaintyRecord(Record):
    """Contents of ``uncertainty.json``."""

    name: str
    """Name of the configuration."""

    provenance: Provenance
    """Configuration, versions, the Program, and the Verilog where it ran."""

    method: str
    """Method of the network."""

    random_weights: bool
    """Whether the weights are random integers."""

    source: Literal["golden", "rtl", "both"]
    """Whose logits were measured."""

    seed: Count
    """Seed of the sets."""

    passes: tuple[int, ...] = Field(min_length=1)
    """Numbers of passes, in rising order."""

    sets: dict[str, Count]
    """Number of inputs of each set."""

    left_out: dict[str, str]
    """Sets that are not there, with the reasons."""

    equivalence: Equivalence | None
    """Comparison of RTL and golden, where both ran."""

    same_numbers: bool | None
    """Whether their assessments are the same, where both ran."""

    assessments: dict[Literal["golden", "rtl"], tuple[Assessment, ...]] = Field(min_length=1)
    """Measures for each number of passes."""

    exact: Assessment | None
    """Measures of the exact predictive distribution, where there are few masks."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if "test" not in self.sets:
            raise ValueError("sets must have the set test, and has not")
        for source, each in self.assessments.items():
            passes = tuple(one.passes for one in each)
            if passes != self.passes:
                raise ValueError(f"assessments.{source} must be of {self.passes} passes, not {passes}")
        for one in (one for each in self.assessments.values() for one in each):
            if one.detection.keys() != self.sets.keys() - {"test"}:
                raise ValueError("assessments must have the detection of every set, and only of those")
        return self
