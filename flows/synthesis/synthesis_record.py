"""Cells of a core on several targets."""

from pydantic import model_validator

from ..base.provenance import Provenance
from ..base.record import Record
from .synthesis import Synthesis

__all__ = ["SynthesisRecord"]


class SynthesisRecord(Record):
    """Contents of ``synth.json``."""

    provenance: Provenance
    """Configuration, versions, the Verilog, and a cell library that was given."""

    estimate: str
    """Limits of the numbers."""

    targets: dict[str, Synthesis]
    """Cells on each target, by its name."""

    @model_validator(mode="after")
    def _adds_up(self) -> "SynthesisRecord":
        for name, each in self.targets.items():
            if each.target != name:
                raise ValueError(f"targets.{name}.target must be {name!r}, not {each.target!r}")
            counts = [*each.cells.values(), *each.kinds.values()]
            if min(counts, default=0) < 0:
                raise ValueError(f"targets.{name} must have no negative number of cells, not {min(counts)}")
            for block in (block for blocks in each.blocks.values() for block in blocks.values()):
                unknown = block.keys() - each.kinds.keys()
                if unknown:
                    raise ValueError(f"targets.{name}.blocks must have the cells of kinds, not also {min(unknown)!r}")
        return self
