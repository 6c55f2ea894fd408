"""Calibration of confidence."""

import torch
from torch import Tensor

from .prediction import PredictiveDistribution
from .tied_scores import STEPS, mean_of_ties, steps_of

__all__ = ["BINS", "adaptive_calibration_error", "calibration_error", "place_in_bins"]

#: Bins of confidence in both errors (Guo et al., 2017).
BINS = 15


def calibration_error(prediction: PredictiveDistribution, labels: Tensor) -> float:
    """Return the expected calibration error over 15 equally wide bins of confidence (Guo et al., 2017), 0 to 1.

    ECE = Σ_b |B_b| / n · |accuracy(B_b) − mean confidence(B_b)|, of the predicted class alone.
    """
    gap = (prediction.classes == labels).double() - prediction.confidence
    sums = torch.bincount(place_in_bins(prediction.confidence), weights=gap, minlength=BINS)
    return float(sums.abs().sum() / len(gap))


def place_in_bins(confidence: Tensor, bins: int = BINS) -> Tensor:
    """Return the number of the bin of each confidence, int64; a bin holds its lower limit, the last both.

    Limits are exact: with 15 passes of which each is certain, a confidence is k / 15, whatever a sum of float64s makes
    of it, and so is a limit. Both are compared as multiples of 2^−40.
    """
    edges = torch.tensor([(2 * STEPS * edge + bins) // (2 * bins) for edge in range(1, bins)], device=confidence.device)
    return torch.bucketize(steps_of(confidence), edges, right=True)


def adaptive_calibration_error(prediction: PredictiveDistribution, labels: Tensor, *, bins: int = BINS) -> float:
    """Return the same error over bins that hold equally many inputs, sizes that differ by at most 1, 0 to 1.

    Inputs in the order of their confidence, cut after ⌊n b / bins⌋ (equal mass: Nixon et al., 2019, here of the
    predicted class alone). Inputs of equal confidence share their accuracy, so that their order does not matter.
    """
    right = mean_of_ties(prediction.confidence, prediction.classes == labels)
    order = prediction.confidence.argsort()
    gap = (right - prediction.confidence)[order]
    ends = torch.arange(bins + 1) * len(gap) // bins
    sums = torch.cat([gap.new_zeros(1), gap.cumsum(0)])[ends.to(gap.device)].diff()
    return float(sums.abs().sum() / len(gap))
