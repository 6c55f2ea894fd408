"""Configuration of a core: what is chosen, and every width that follows from it."""

from .core import (
    ArrayConfig,
    BayesConfig,
    CoreConfig,
    DataConfig,
    HardwareConfig,
    LogitConfig,
    Method,
    PortConfig,
    RandomConfig,
    TrainingConfig,
)
from .errors import InputError
from .feature_map import FeatureMap, Window
from .layer import Layer
from .network import ConvolutionConfig, NetworkConfig
from .polynomials import LFSR_TAPS
from .predictive import Measure, PredictiveConfig, PredictiveFormat

__all__ = [
    "LFSR_TAPS",
    "ArrayConfig",
    "BayesConfig",
    "ConvolutionConfig",
    "CoreConfig",
    "DataConfig",
    "FeatureMap",
    "HardwareConfig",
    "InputError",
    "Layer",
    "LogitConfig",
    "Measure",
    "Method",
    "NetworkConfig",
    "PortConfig",
    "PredictiveConfig",
    "PredictiveFormat",
    "RandomConfig",
    "TrainingConfig",
    "Window",
]
