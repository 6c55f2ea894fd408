"""Predictive probabilities and measures of uncertainty in fixed point (docs/numerics.md#predictive-probabilities)."""

import dataclasses
from typing import Any

import torch
from torch import Tensor

from hdl.config import Measure, PredictiveFormat

from ..common.checks import check_integer, check_integers
from .predictive_tables import exponential_table, surprise_table

__all__ = ["FixedPointPredictive", "predictive", "softmax"]

#: Largest sum of weights, so that no sum leaves 64 bits.
_WEIGHT_MAX = 2**32


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class FixedPointPredictive:
    """Predictive probabilities and measures of each input, in fixed point.

    Probabilities are multiples of 2^-probability_bits, entropies of 2^-entropy_bits nats. All are int64 tensors.
    """

    probability: Tensor
    """Mean probability of the class over the passes, shape (batch, classes)."""

    predictive_entropy: Tensor
    """Entropy of the mean probabilities, shape (batch,)."""

    expected_entropy: Tensor
    """Mean entropy of the passes, shape (batch,)."""

    mutual_information: Tensor
    """Their difference, at least 0, shape (batch,)."""

    error_probability: Tensor
    """1 - the largest mean probability, shape (batch,); a probability."""

    def measure(self, measure: Measure) -> Tensor:
        """Return one of the measures, shape (batch,)."""
        measured: Tensor = getattr(self, measure.name.lower())
        return measured

    def unknown(self, measure: Measure, threshold: int) -> Tensor:
        """Return whether ``measure`` is ``threshold`` or more, bool, shape (batch,)."""
        return self.measure(measure) >= threshold


def softmax(logits: Any, measures: PredictiveFormat) -> Tensor:
    """Return the probabilities of each pass, 0 to 2^probability_bits, int64, in the shape of ``logits``.

    Parameters
    ----------
    logits
        Integers of ``logit_width`` bits, shape (batch, passes, classes).
    measures
        Formats.

    Raises
    ------
    InputError
        The shape is wrong, or a logit is out of range.
    """
    half_range = 2 ** (measures.logit_width - 1)
    shape = (None, None, measures.classes)
    logits = check_integers("logits", logits, shape, -half_range, half_range - 1).to(torch.int64)
    table = exponential_table(measures).to(logits.device)
    difference = logits.amax(dim=-1, keepdim=True) - logits
    index = (difference + (1 << measures.dropped_bits >> 1)) >> measures.dropped_bits
    exponentials = table[index.clamp(max=len(table) - 1)]
    reciprocal = (1 << measures.reciprocal_bits) // exponentials.sum(dim=-1, keepdim=True)
    shift = measures.reciprocal_bits - measures.probability_bits
    return (exponentials * reciprocal + (1 << shift - 1)) >> shift


def predictive(logits: Any, measures: PredictiveFormat, *, weights: Any = None) -> FixedPointPredictive:
    """Return what the passes of each input say together.

    Parameters
    ----------
    logits
        Integers of ``logit_width`` bits, shape (batch, passes, classes).
    measures
        Formats.
    weights
        What each pass counts, integers of at least 0, shape (batch, passes), those of an input not all 0; by default
        all count the same.

    Raises
    ------
    InputError
        A shape is wrong, or a value is out of range.
    """
    probabilities = softmax(logits, measures)
    table = surprise_table(measures).to(probabilities.device)
    if weights is None:
        weights = torch.ones_like(probabilities[:, :, 0])
    weights = check_integers("weights", weights, tuple(probabilities.shape[:2]), 0, _WEIGHT_MAX).to(torch.int64)
    total = weights.sum(dim=1)
    for end in (total.min(), total.max()) if len(total) else ():
        check_integer("the sum of weights", int(end), 1, _WEIGHT_MAX)

    def mean(values: Tensor) -> Tensor:
        """Return the mean over the passes, axis 1, rounded half up."""
        shape = (-1, *(1 for _ in values.shape[2:]))
        whole = total.view(shape)
        return ((values * weights.view(*weights.shape, *shape[1:])).sum(dim=1) + (whole >> 1)) // whole

    probability = mean(probabilities)
    predictive_entropy = table[probability].sum(dim=1)
    expected_entropy = mean(table[probabilities].sum(dim=2))
    return FixedPointPredictive(
        probability=probability,
        predictive_entropy=predictive_entropy,
        expected_entropy=expected_entropy,
        mutual_information=(predictive_entropy - expected_entropy).clamp(min=0),
        error_probability=2**measures.probability_bits - probability.amax(dim=1),
    )
