"""Probabilities and uncertainty, as computed by the core."""

import dataclasses
from collections.abc import Mapping
from typing import Self

import numpy as np
import numpy.typing as npt

from hdl.config import PredictiveFormat

__all__ = ["Predictive"]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Predictive:
    """Predictive distribution of n inputs (docs/numerics.md#predictive-probabilities).

    Fixed-point values of the core as real numbers, without rounding.
    """

    probability: npt.NDArray[np.float64]
    """Mean probability of each class over the passes, shape (n, classes)."""

    predictive_entropy: npt.NDArray[np.float64]
    """Entropy of the mean probabilities in nats, shape (n,): total uncertainty."""

    expected_entropy: npt.NDArray[np.float64]
    """Mean entropy of the passes in nats, shape (n,): aleatoric uncertainty."""

    mutual_information: npt.NDArray[np.float64]
    """Their difference in nats, at least 0, shape (n,): epistemic uncertainty."""

    unknown: npt.NDArray[np.bool_]
    """Whether the chosen measure has reached its threshold, "don't know", shape (n,)."""

    @property
    def error_probability(self) -> npt.NDArray[np.float64]:
        """1 - the largest probability, shape (n,)."""
        return 1 - self.probability.max(axis=1)

    @classmethod
    def of(cls, results: Mapping[str, npt.NDArray[np.int64]], measures: PredictiveFormat) -> Self:
        """Convert the members of results, each of shape (n, classes)."""
        entropies = ("predictive_entropy", "expected_entropy", "mutual_information")
        return cls(
            probability=results["probability"] / 2**measures.probability_bits,
            **{name: results[name][:, 0] / 2**measures.entropy_bits for name in entropies},
            unknown=results["unknown"][:, 0].astype(np.bool_),
        )
