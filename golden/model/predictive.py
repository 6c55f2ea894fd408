"""Predictive probabilities and measures of uncertainty in fixed point (docs/numerics.md#predictive-probabilities)."""

import dataclasses
from typing import Any

import torch
from torch import Tensor

from hdl.config import InputError, Measure, PredictiveFormat

from ..common import check_integers
from .pass_weights import pass_weights
from .predictive_tables import exponential_table, surprise_table

__all__ = ["FixedPointPredictive", "predictive", "softmax"]

#: Bits of the largest sum of weights that means are worked out for; no configuration's has more than 57.
_TOTAL_WIDTH = 61


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class FixedPointPredictive:
    """Fixed-point predictive probabilities and measures.

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
    """Return the predictive probabilities and measures over the passes of each input.

    Parameters
    ----------
    logits
        Integers of ``logit_width`` bits, shape (batch, passes, classes).
    measures
        Formats.
    weights
        Weight of each pass, integers of at least 0, shape (batch, passes), those of an input not all 0; by default
        all count the same.

    Raises
    ------
    InputError
        A shape is wrong, or a value is out of range.
    """
    probabilities = softmax(logits, measures)
    table = surprise_table(measures).to(probabilities.device)
    weights, total = pass_weights(
        weights, (len(probabilities), probabilities.shape[1]), probabilities.device, total_max=2**_TOTAL_WIDTH - 1
    )
    if not total.all():
        raise InputError("weights must not all be 0 for an input")
    probability = _mean(probabilities, weights, total)
    predictive_entropy = table[probability].sum(dim=1)
    expected_entropy = _mean(table[probabilities].sum(dim=2), weights, total)
    return FixedPointPredictive(
        probability=probability,
        predictive_entropy=predictive_entropy,
        expected_entropy=expected_entropy,
        mutual_information=(predictive_entropy - expected_entropy).clamp(min=0),
        error_probability=2**measures.probability_bits - probability.amax(dim=1),
    )


def _mean(values: Tensor, weights: Tensor, total: Tensor) -> Tensor:
    """Return the mean over the passes, axis 1, of values of at least 0, rounded half up.

    The weighted sum may have more than 64 bits and is never formed: the digits of the values are summed, the highest
    first, and divided at once. The remainder of a division is less than the divisor W, so that with digits of d bits
    no intermediate exceeds 2^(d+1) W.
    """
    if not values.numel():
        return values.sum(dim=1)
    shape = (-1, *(1 for _ in values.shape[2:]))
    whole, weights = total.view(shape), weights.view(*weights.shape, *shape[1:])
    digit = _TOTAL_WIDTH + 1 - int(total.max()).bit_length()
    digits = -(-int(values.max()).bit_length() // digit)
    quotient = remainder = torch.zeros_like(values[:, 0])
    for place in reversed(range(digits)):
        remainder = (remainder << digit) + ((values >> place * digit & (1 << digit) - 1) * weights).sum(dim=1)
        quotient = (quotient << digit) + remainder // whole
        remainder = remainder % whole
    return quotient + (remainder + (whole >> 1)) // whole
