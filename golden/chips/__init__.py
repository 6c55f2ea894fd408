"""Networks on simulated chips of a device."""

from .chip_study import MEASURES, ChipMeasures, ChipStudy
from .deployment import COMPENSATIONS, Deployment
from .drift_compensation import compensate
from .logit_calibration import LogitConstants, calibrate, moments
from .output_space import OutputSpaceModel
from .spread_targets import SpreadTargets
from .verified_programming import VerifiedProgramming, once
from .weight_histogram import histograms

__all__ = [
    "COMPENSATIONS",
    "MEASURES",
    "ChipMeasures",
    "ChipStudy",
    "Deployment",
    "LogitConstants",
    "OutputSpaceModel",
    "SpreadTargets",
    "VerifiedProgramming",
    "calibrate",
    "compensate",
    "histograms",
    "moments",
    "once",
]
