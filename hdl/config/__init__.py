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
    "LogitConfig",
    "Method",
    "NetworkConfig",
    "PortConfig",
    "RandomConfig",
    "SelfTestConfig",
    "TrainingConfig",
    "Window",
]
