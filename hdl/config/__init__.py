"""Configuration of a core: what is chosen, and every width that follows from it."""

from .bayes import BayesConfig
from .core import (
    ArrayConfig,
    CoreConfig,
    DataConfig,
    HardwareConfig,
    LogitConfig,
    PortConfig,
    TrainingConfig,
)
from .errors import InputError
from .feature_map import FeatureMap, Window
from .layer import Layer
from .local_units import LocalUnits
from .member import Member
from .network import ConvolutionConfig, NetworkConfig
from .polynomials import LFSR_TAPS
from .predictive import Measure, PredictiveConfig, PredictiveFormat
from .random import RandomConfig
from .self_test import RUN_WIDTH, SelfTestConfig

__all__ = [
    "LFSR_TAPS",
    "RUN_WIDTH",
    "ArrayConfig",
    "BayesConfig",
    "ConvolutionConfig",
    "CoreConfig",
    "DataConfig",
    "FeatureMap",
    "HardwareConfig",
    "InputError",
    "Layer",
    "LocalUnits",
    "LogitConfig",
    "Measure",
    "Member",
    "NetworkConfig",
    "PortConfig",
    "PredictiveConfig",
    "PredictiveFormat",
    "RandomConfig",
    "SelfTestConfig",
    "TrainingConfig",
    "Window",
]
