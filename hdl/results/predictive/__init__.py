"""Predictive probabilities and entropies."""

from .divider import Divider
from .exponentials import Exponentials
from .predictive import Predictive
from .predictive_tables import exponential_table, surprise_table

__all__ = [
    "Divider",
    "Exponentials",
    "Predictive",
    "exponential_table",
    "surprise_table",
]
