"""Result of the study of scale."""

from ...base.provenance import Provenance
from ...base.record import Count, Record
from ...road.equivalence import Equivalence
from .cost import Cost

__all__ = ["Machine", "ScaleRecord"]


class Machine(Record):
    """Machine of the measurement."""

    architecture: str
    """Of its processors."""

    processors: int | None
    """Their number."""

    memory_bytes: Count
    """Its memory."""


class ScaleRecord(Record):
    """Contents of ``scale.json``."""

    scale: str
    """Name of the configuration."""

    provenance: Provenance
    """Configuration and versions."""

    machine: Machine
    """Machine."""

    weights: Count
    """Weights."""

    bit_macs_per_pass: Count
    """Multiplications of bits in a pass."""

    generate: Cost
    """Generation."""

    verilog_bytes: Count
    """Size of the Verilog."""

    build: Cost
    """Build of the simulator."""

    library_bytes: Count
    """Size of the simulator."""

    inputs: Count
    """Inputs."""

    passes: Count
    """Monte-Carlo passes T."""

    workers: Count
    """Cores side by side."""

    loading_seconds: float
    """Time to load the Program."""

    seconds: float
    """Time to simulate."""

    cycles_per_input: float
    """Clock cycles of each input."""

    bit_macs_per_second: float
    """Multiplications of bits per second."""

    equivalence: Equivalence
    """Comparison of the RTL with golden."""
