"""Outcome of faults of a netlist."""

from typing import Self

from pydantic import Field, model_validator

from ..base.provenance import Provenance
from ..base.record import Count, Digest, Record

__all__ = ["FaultsRecord"]


class FaultsRecord(Record):
    """Contents of the file that ``bayescim faults`` writes."""

    provenance: Provenance
    """Configuration and versions."""

    command: str
    """Command that makes the same again."""

    verilog: Digest
    """Digest of the Verilog whose netlist has the faults."""

    seed: Count
    """Seed of faults, Program and images."""

    inputs: int = Field(ge=1)
    """Number of random images."""

    passes: int = Field(ge=1)
    """Passes of each."""

    faults: int = Field(ge=1)
    """Number of faults, each in a core of its own."""

    stopped: Count
    """Faults with which the core does not give all results."""

    wrong: Count
    """Faults with which it does, and some result or logit is another."""

    hidden: Count
    """Faults with which all results and logits are the same."""

    cycles: Count
    """Clock cycles."""

    seconds: dict[str, float]
    """Seconds of each part: `build`, `prepare`, `simulate`."""

    processor_seconds: float = Field(ge=0)
    """Processor seconds of the simulation."""

    @model_validator(mode="after")
    def _counts_every_fault(self) -> Self:
        told = self.stopped + self.wrong + self.hidden
        if told != self.faults:
            raise ValueError(f"faults must be the sum of the stopped, wrong and hidden ({told}), not {self.faults}")
        return self
