"""Outcome of mutants of a netlist."""

from typing import Self

from pydantic import Field, model_validator

from ..base.provenance import Provenance
from ..base.record import Count, Digest, Record, Share

__all__ = ["CampaignRecord", "ToldMutant"]


class ToldMutant(Record):
    """Mutant for the reader."""

    number: Count
    """Its number, from 0."""

    kind: str
    """Change of the bit."""

    cell: str
    """Path of the cell."""

    port: str
    """Port of the cell, and bit of this."""

    net: str | None
    """A name of the net, None where it has none."""


class CampaignRecord(Record):
    """Contents of the file that ``bayescim campaign`` writes."""

    provenance: Provenance
    """Configuration and versions."""

    command: str
    """Command that makes the same again."""

    verilog: Digest
    """Digest of the Verilog whose netlist has the mutants."""

    seed: Count
    """Seed of mutants and stimuli."""

    rounds: int = Field(ge=1)
    """Rounds of stimuli, each with another Program."""

    limit: int = Field(ge=1)
    """Milliseconds of each proof."""

    score: Share
    """Killed mutants, as a part of those that are not proved equal."""

    mutants: int = Field(ge=1)
    """Number of mutants."""

    killed: Count
    """Mutants that show at the ports of the core."""

    equal: Count
    """Mutants that are proved to do nothing."""

    undecided: list[ToldMutant]
    """The others."""

    contradictions: list[ToldMutant]
    """Mutants that are proved to do nothing, and do something: a fault of this program."""

    cycles: Count
    """Clock cycles of all rounds."""

    invariants: Count
    """Proved restrictions of the states of flip-flops, which the proofs use."""

    seconds: dict[str, float]
    """Processor seconds of each part: `record`, `simulate`, `prove`."""

    @model_validator(mode="after")
    def _counts_every_mutant(self) -> Self:
        told = self.killed + self.equal + len(self.undecided) - len(self.contradictions)
        if told != self.mutants:
            raise ValueError(f"mutants must be the sum of the killed, equal and undecided ({told}), not {self.mutants}")
        return self
