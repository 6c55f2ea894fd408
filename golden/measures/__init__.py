"""Calibration, uncertainty, detection and agreement."""

from .agreement import agreement, probabilities, total_variation
from .assessment import Assessment, assess, assess_exactly
from .calibration import BINS, adaptive_calibration_error, calibration_error
from .detection import SCORES, detection, scores
from .prediction import predict
from .risk_coverage import risk_coverage
from .tied_scores import mean_of_ties
from .uncertainty import Uncertainty, reliability_bins, uncertainty

__all__ = [
    "BINS",
    "SCORES",
    "Assessment",
    "Uncertainty",
    "adaptive_calibration_error",
    "agreement",
    "assess",
    "assess_exactly",
    "calibration_error",
    "detection",
    "mean_of_ties",
    "predict",
    "probabilities",
    "reliability_bins",
    "risk_coverage",
    "scores",
    "total_variation",
    "uncertainty",
]
