"""Result of the study of devices."""

from ...base.record import Count, Digest, Record

__all__ = ["Correlation", "Curve", "DeviceRecord", "DevicesRecord", "Moment", "Origin"]


class Origin(Record):
    """Seed and versions: there is no configuration."""

    seed: Count
    """Seed of every model."""

    versions: dict[str, str]
    """Versions of what affects the numbers."""

    table: Digest | None = None
    """Digest of the file of measurements, where there is one."""


class Moment(Record):
    """Sampled moment beside its formula."""

    target: float
    """Conductance that was programmed."""

    seconds: float
    """Time after programming."""

    quantity: str
    """Mean, deviation or read deviation."""

    sampled: float
    """Of the cells."""

    formula: float
    """By the formula."""

    standard_error: float
    """Standard error of the sampled one."""

    judged: bool
    """Whether there is a verdict."""

    score: float | None
    """Difference in standard errors, None where it is not finite."""

    passed: bool | None
    """Verdict."""


class Curve(Record):
    """Course of one target over time."""

    target: float
    """Conductance that was programmed."""

    formula: dict[str, tuple[float, ...]]
    """Quantities by the formula."""

    sampled: dict[str, tuple[float, ...]]
    """Quantities of the cells."""

    traces: tuple[tuple[float, ...], ...]
    """Course of some cells."""


class Correlation(Record):
    """Correlation of reads."""

    seconds: float
    """Time of the first read."""

    read_time: float | None
    """Duration of a read, s."""

    lags: tuple[float, ...]
    """Time between reads, s."""

    formula: tuple[float, ...]
    """By the formula."""

    sampled: tuple[float, ...]
    """Of the cells."""


class DeviceRecord(Record):
    """One model."""

    name: str
    """Its name."""

    moments: tuple[Moment, ...]
    """Moments."""

    times: tuple[float, ...]
    """Times of the curves, s."""

    curves: tuple[Curve, ...]
    """Curves by target."""

    correlation: Correlation
    """Correlation of reads."""


class DevicesRecord(Record):
    """Contents of ``devices.json``."""

    provenance: Origin
    """Seed and versions."""

    chips: Count
    """Chips."""

    cells: Count
    """Cells of each target on each chip."""

    comparisons: Count
    """Moments with a verdict."""

    level: float
    """Probability that right models fail any of them, at the most."""

    limit: float
    """Largest score that passes."""

    devices: tuple[DeviceRecord, ...]
    """Models."""
