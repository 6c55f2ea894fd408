"""Exact model of the core."""

from .core_model import core_model
from .correction import correct
from .folded import FoldedLayer, Scratch
from .integer import IntegerModel
from .model import Model
from .multi_chip_model import MultiChipModel
from .predictive import predictive, softmax
from .results import results
from .sequence import exact_weights, passes_of, places, weighted_logits
from .statistics import statistics
from .trace import Trace

__all__ = [
    "FoldedLayer",
    "IntegerModel",
    "Model",
    "MultiChipModel",
    "Scratch",
    "Trace",
    "core_model",
    "correct",
    "exact_weights",
    "passes_of",
    "places",
    "predictive",
    "results",
    "softmax",
    "statistics",
    "weighted_logits",
]
