"""Mapping of a configuration as a product."""

from typing import Any

from pydantic import model_validator

from ..base.provenance import Provenance
from ..base.record import Record
from .mapping import Mapping

__all__ = ["MappingRecord"]


class MappingRecord(Record):
    """Contents of ``map.json``."""

    provenance: Provenance
    """Configuration and versions."""

    hardware: dict[str, Any]
    """Section `hardware` of the configuration, which its hash leaves out."""

    mapping: Mapping
    """Layers on arrays, and clock cycles."""

    @model_validator(mode="after")
    def _names_what_there_is(self) -> "MappingRecord":
        if self.mapping.bottleneck not in self.mapping.stages:
            raise ValueError(f"mapping.bottleneck must be one of the stages, not {self.mapping.bottleneck!r}")
        if self.mapping.slowest_layer not in range(len(self.mapping.layers)):
            raise ValueError(f"mapping.slowest_layer must be one of the layers, not {self.mapping.slowest_layer}")
        if self.mapping.config_hash != self.provenance.config_hash:
            raise ValueError("mapping.config_hash must be that of the provenance, and is not")
        return self
