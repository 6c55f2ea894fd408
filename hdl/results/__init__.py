"""Results from the counts of the last layer."""

from .logit_correction import LogitCorrection
from .logit_scaler import Correction
from .logit_unit import LogitUnit
from .logits import Logits
from .moments import ClassMoments
from .result_join import ResultJoin
from .result_unit import ResultUnit
from .statistics import Statistics

__all__ = [
    "ClassMoments",
    "Correction",
    "LogitCorrection",
    "LogitUnit",
    "Logits",
    "ResultJoin",
    "ResultUnit",
    "Statistics",
]
