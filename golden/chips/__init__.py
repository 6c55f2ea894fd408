"""Networks on simulated chips of a device."""

from .chip_study import MEASURES, ChipMeasures, ChipStudy
from .deployment import COMPENSATIONS, Deployment
from .drift_compensation import compensate
from .logit_calibration import LogitConstants, calibrate, moments
from .macro_deployment import MacroDeployment
from .output_space import OutputSpaceModel
from .weight_histogram import histograms

__all__ = [
    "COMPENSATIONS",
    "MEASURES",
    "ChipMeasures",
    "ChipStudy",
    "Deployment",
    "LogitConstants",
    "MacroDeployment",
    "OutputSpaceModel",
    "calibrate",
    "compensate",
    "histograms",
    "moments",
]
