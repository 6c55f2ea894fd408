"""Result of the comparison of cores."""

from ...base.provenance import Provenance
from ...base.record import Count, Record, Share
from .constants import Constant
from .measured import Measured

__all__ = [
    "CompareRecord",
    "CoreFigures",
    "CoreParts",
    "Effect",
    "Histogram",
    "Ratios",
    "Sensitivity",
    "SweptVariants",
    "Variant",
    "WholeVariant",
]


class CoreFigures(Record):
    """Figures of one core."""

    area_mm2: float
    """Area, mm²."""

    energy_nj: float
    """Energy of an inference, nJ."""

    time_us: float
    """Time of each further inference, µs."""

    latency_us: float
    """Time of one inference alone, µs."""

    gops: float
    """Operations per second, 10⁹."""

    gops_per_watt: float
    """Efficiency."""

    gops_per_watt_mm2: float
    """Efficiency by area."""

    loading_nj: float
    """Energy to load the weights, nJ."""


class CoreParts(CoreFigures):
    """Figures of one core and of its components."""

    area: dict[str, float]
    """Area of each, mm²."""

    energy: dict[str, float]
    """Energy of each, nJ."""


class Ratios(Record):
    """Ratios of the PCM core to its SRAM equivalent."""

    gops: float
    """Of the operations per second."""

    gops_per_watt: float
    """Of the efficiency."""

    gops_per_watt_mm2: float
    """Of the efficiency by area."""


class _Variant(Record):
    rows: int
    cols: int
    rows_per_read: tuple[int, ...]
    bits: int
    generators: int
    sensing: str


class Variant(_Variant):
    """Both cores with one choice of arrays, precision and sensing."""

    pcm: CoreFigures
    """PCM core."""

    sram: CoreFigures
    """SRAM equivalent."""

    ratios: Ratios
    """Their ratios."""


class WholeVariant(_Variant):
    """The same with components."""

    pcm: CoreParts
    """PCM core."""

    sram: CoreParts
    """SRAM equivalent."""

    ratios: Ratios
    """Their ratios."""


class Effect(Record):
    """Effect of one constant on a ratio."""

    constant: str
    """Name of the constant."""

    low: float
    """Ratio with its lower bound."""

    high: float
    """Ratio with its upper bound."""

    rank: float
    """Rank correlation of both over the samples."""


class Histogram(Record):
    """Distribution of a sampled ratio."""

    edges: tuple[float, ...]
    """Edges of the bins."""

    shares: tuple[Share, ...]
    """Share of the samples in each."""


class Sensitivity(Record):
    """Sensitivity of one ratio to the constants."""

    nominal: float
    """The ratio."""

    constants: tuple[Effect, ...]
    """Effect of each constant, the largest first."""

    quantiles: dict[str, float]
    """Quantiles of the samples."""

    above_one: Share
    """Share of the samples above 1."""

    histogram: Histogram
    """Distribution of the samples."""


class SweptVariants(Record):
    """Variants of the base, as :class:`~flows.studies.comparison.options.Sweep` has them."""

    bits: tuple[int, ...]
    """Bits of a probability code."""

    sizes: tuple[int, ...]
    """Word lines and columns of arrays."""

    lines: tuple[float, ...]
    """Factors of the word lines driven at a time."""

    samples: Count
    """Samples of all constants."""

    seed: Count
    """Seed of the samples."""


class CompareRecord(Record):
    """Contents of ``compare.json``."""

    comparison: str
    """Name of the configuration."""

    provenance: Provenance
    """Configuration and versions."""

    yosys: str
    """Version of Yosys."""

    layers: tuple[Count, ...]
    """Inputs, and outputs of each layer."""

    passes: Count
    """Monte-Carlo passes T."""

    sweep: SweptVariants
    """Variants."""

    constants: dict[str, Constant]
    """Constants of the model."""

    logic: Measured
    """Logic of all blocks."""

    base: WholeVariant
    """The configuration as it is."""

    independent: WholeVariant
    """The same with draws that columns do not share."""

    sizes: tuple[Variant, ...]
    """Sizes of arrays, and bits of probability codes."""

    generators: tuple[Variant, ...]
    """Numbers of draws side by side."""

    lines: tuple[Variant, ...]
    """Word lines driven at a time, with comparators and with converters."""

    sensitivity: dict[str, dict[str, Sensitivity]]
    """Sensitivity of each ratio, with shared and with independent draws."""
