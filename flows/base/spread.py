"""Statistics of a repeated figure."""

import dataclasses
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["Spread"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Spread:
    """Mean and standard deviation over repetitions."""

    mean: float
    """Mean."""

    deviation: float | None
    """Sample standard deviation; None for a single value."""

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return mean and standard deviation of ``values``, at least one."""
        return cls(mean=statistics.mean(values), deviation=statistics.stdev(values) if len(values) > 1 else None)

    @classmethod
    def kept(cls, content: Mapping[str, Any]) -> "Spread":
        """Return the statistics kept as JSON; other members are ignored."""
        return cls(mean=content["mean"], deviation=content["deviation"])

    def __format__(self, form: str) -> str:
        """Return "mean ± standard deviation", or the mean alone for a single value.

        Both use the format ``form``; after percents the deviation is in points, without their sign.
        """
        if self.deviation is None:
            return format(self.mean, form)
        points = form.endswith("%")
        deviation = format(100 * self.deviation, f"{form[:-1]}f") if points else format(self.deviation, form)
        return f"{format(self.mean, form)} ± {deviation}"
