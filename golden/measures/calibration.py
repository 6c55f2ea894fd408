"""Calibration of confidence."""

import torch
from torch import Tensor
from torchmetrics.functional.classification import multiclass_calibration_error

from .prediction import PredictiveDistribution
from .tied_scores import mean_of_ties

__all__ = ["BINS", "adaptive_calibration_error", "calibration_error"]

#: Bins of confidence in both errors (Guo et al., 2017).
BINS = 15

#: The largest float32 below 1.
_BELOW_ONE = 1 - 2.0**-24


def calibration_error(prediction: PredictiveDistribution, labels: Tensor) -> float:
    """Return the expected calibration error over 15 equally wide bins of confidence (Guo et al., 2017), 0 to 1.

    ECE = Σ_b |B_b| / n · |accuracy(B_b) − mean confidence(B_b)|, of the predicted class alone.
    """
    # Torchmetrics computes in float32 and gives a confidence of 1 its own bin.
    probability = prediction.probability.clamp(max=_BELOW_ONE)
    return float(multiclass_calibration_error(probability, labels, num_classes=probability.shape[1], n_bins=BINS))


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
