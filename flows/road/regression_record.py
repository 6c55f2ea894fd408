"""Results of a regression."""

from ..base.provenance import Provenance
from ..base.record import Count, Record

__all__ = ["BlockResult", "RegressionRecord", "SimulatorResult"]


class SimulatorResult(Record):
    """Tests on one simulator."""

    version: str
    """Its version."""

    tests: Count
    """Tests that ran."""

    failed: Count
    """Tests that failed."""


class BlockResult(Record):
    """Tests of one block on one simulator."""

    simulator: str
    """Name of the simulator."""

    block: str
    """Name of the block."""

    tests: Count
    """Tests that ran."""

    failed: Count
    """Tests that failed."""

    seconds: float
    """Wall time."""

    error: str | None
    """Why it did not come to the end of its tests, None where it did."""


class RegressionRecord(Record):
    """Contents of ``regress.json``."""

    provenance: Provenance
    """Configuration, versions, the Program, and Verilog that was given."""

    seed: Count
    """Seed of the testbenches."""

    simulators: dict[str, SimulatorResult]
    """All tests on each simulator."""

    skipped: dict[str, str]
    """Simulators that were skipped, with the reasons."""

    results: tuple[BlockResult, ...]
    """Every block."""

    logs: tuple[str, ...]
    """Names of the logs of blocks that failed, beside this file."""

    @property
    def failed(self) -> int:
        """Number of tests that failed."""
        return sum(each.failed for each in self.simulators.values())
