"""Metadata of a generated core."""

from typing import Any

from ..base.provenance import Provenance
from ..base.record import Digest, Record

__all__ = ["Contents", "CoreRecord"]


class Contents(Record):
    """Program in the memories of a core."""

    sha256: Digest
    """Digest of the Program."""

    provenance: dict[str, str]
    """Origin of its integers."""


class CoreRecord(Record):
    """Contents of ``NAME.json``."""

    top: str
    """Name of the module."""

    provenance: Provenance
    """Configuration, versions, and the Program."""

    program: Contents | None
    """Initial contents of the memories, None where these are empty."""

    verilog: Digest
    """Digest of the Verilog beside it."""

    config: dict[str, Any]
    """Configuration."""

    ports: dict[str, Any]
    """Ports, as Amaranth describes them."""
