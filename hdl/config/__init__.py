"""Configuration of a core: what is chosen, and every width that follows from it."""

from .array import ArrayConfig
from .bayes import BayesConfig
from .core import CoreConfig
from .data import DataConfig
from .errors import InputError
from .feature_map import FeatureMap, Window
from .hardware import HardwareConfig
from .layer import Layer
from .local_units import LocalUnits
from .logits import LogitConfig
from .macro import MacroConfig
from .member import Member
from .network import ConvolutionConfig, NetworkConfig
from .neuron_kind import NeuronKind
from .polynomials import LFSR_TAPS
from .ports import PortConfig
from .predictive import Measure, PredictiveConfig, PredictiveFormat
from .random import RandomConfig
from .self_test import RUN_WIDTH, SelfTestConfig
from .training import TrainingConfig
from .weight_sampling import Sampling, WeightSampling

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
    "MacroConfig",
    "Measure",
    "Member",
    "NetworkConfig",
    "NeuronKind",
    "PortConfig",
    "PredictiveConfig",
    "PredictiveFormat",
    "RandomConfig",
    "Sampling",
    "SelfTestConfig",
    "TrainingConfig",
    "WeightSampling",
    "Window",
]
