"""Configuration of a core: what is chosen, and every width that follows from it."""

from .core import (
    ArrayConfig,
    BayesConfig,
    CoreConfig,
    DataConfig,
    HardwareConfig,
    LogitConfig,
    Method,
    NetworkConfig,
    PortConfig,
    RandomConfig,
    TrainingConfig,
)
from .errors import InputError
from .layer import Layer
from .polynomials import LFSR_TAPS

__all__ = [
    "LFSR_TAPS",
    "ArrayConfig",
    "BayesConfig",
    "CoreConfig",
    "DataConfig",
    "HardwareConfig",
    "InputError",
    "Layer",
    "LogitConfig",
    "Method",
    "NetworkConfig",
    "PortConfig",
    "RandomConfig",
    "TrainingConfig",
]
