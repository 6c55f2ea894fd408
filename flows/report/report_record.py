"""Numbers of a report."""

from pydantic import Field

from ..base.provenance import Provenance
from ..base.record import Count, Record, Share
from ..road.equivalence import Equivalence
from ..road.regression_record import BlockResult, SimulatorResult
from ..synthesis.area import Area

__all__ = ["Accuracy", "Agreement", "ReportRecord", "Scores", "TargetArea"]


class Accuracy(Record):
    """Share of right answers, None where a network was not run."""

    rtl: Share
    """RTL."""

    golden: Share
    """Integer model."""

    floating: Share | None = Field(alias="float")
    """Float network with the same masks."""

    deterministic: Share | None
    """Deterministic twin in RTL."""

    passes: int = Field(ge=1)
    """Monte-Carlo passes T of the first three."""


class Agreement(Record):
    """Classes of the float network beside those of the RTL."""

    same: Count
    """Inputs with the same class."""

    inputs: Count
    """All inputs."""


class Scores(Record):
    """Proper scores and calibration."""

    accuracy: Share
    """Share of right answers."""

    nll: float
    """Negative log-likelihood, nats."""

    brier: float
    """Brier score."""

    ece: Share
    """Expected calibration error in equal bins."""


class TargetArea(Record):
    """Cells on one target."""

    title: str
    """Title."""

    kinds: dict[str, Count]
    """Number of cells of each kind."""

    blocks: Area
    """The same per block of each room."""

    transistors: Count | None
    """Estimate for the logic alone, where the target has one."""

    area: float | None
    """Area, in units of the Liberty file."""

    yosys: str
    """Version of Yosys."""


class ReportRecord(Record):
    """Contents of ``report.json``."""

    name: str
    """Name of the configuration."""

    provenance: Provenance
    """Configuration, versions, and the products that it is from."""

    random_weights: bool
    """Whether the weights are random integers."""

    inputs: int = Field(ge=1)
    """Test inputs."""

    passes: int = Field(ge=1)
    """Monte-Carlo passes T that were simulated."""

    correct: Count
    """Inputs whose class is their label, by the core's own class over all these passes."""

    twin: bool
    """Whether a deterministic twin can run beside the network."""

    accuracy: Accuracy
    """Right answers of each network."""

    float_agreement: Agreement | None
    """Float network and RTL, where the checkpoint was there."""

    equivalence: Equivalence
    """Comparison of RTL with golden, that of the twin included."""

    uncertainty: dict[str, Scores]
    """By number of passes, and of the `deterministic` twin."""

    cycles_per_input: float
    """Clock cycles of each input."""

    resources: dict[str, dict[str, Count]]
    """Number of cells of each type, by target."""

    area: dict[str, TargetArea]
    """Cells by target."""

    regression: dict[str, SimulatorResult] | None
    """Tests by simulator, None where none ran."""

    regression_results: tuple[BlockResult, ...]
    """Tests by block."""

    skipped_simulators: dict[str, str]
    """Simulators that were skipped, with the reasons."""
