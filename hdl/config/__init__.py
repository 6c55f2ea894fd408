"""Configuration of a core.

Choices, and every width that follows from them.
"""

from .array import ArrayConfig
from .bayes import BayesConfig
from .core import CoreConfig
from .document import brief, check_document, parse_toml, read_file, read_text
from .errors import InputError
from .extensions import PLUGINS, add_plugin, declared, extensions, projects, with_extensions
from .feature_map import FeatureMap, Window
from .hardware import HardwareConfig
from .layer import Layer
from .local_units import LocalUnits
from .logits import LogitConfig
from .macro import MacroConfig
from .network import ConvolutionConfig, NetworkConfig
from .neuron_field import NeuronField
from .neuron_kind import NeuronKind
from .polynomials import LFSR_TAPS
from .ports import PortConfig
from .predictive import Measure, PredictiveConfig, PredictiveFormat
from .random import RandomConfig
from .self_test import RUN_WIDTH, SelfTestConfig
from .sensing import Sensing
from .stochastic_units import StochasticUnits
from .training import DataConfig, TrainingConfig
from .twin import config_twin, twin_fits
from .weight_sampling import Sampling, WeightSampling

__all__ = [
    "LFSR_TAPS",
    "PLUGINS",
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
    "NetworkConfig",
    "NeuronField",
    "NeuronKind",
    "PortConfig",
    "PredictiveConfig",
    "PredictiveFormat",
    "RandomConfig",
    "Sampling",
    "SelfTestConfig",
    "Sensing",
    "StochasticUnits",
    "TrainingConfig",
    "WeightSampling",
    "Window",
    "add_plugin",
    "brief",
    "check_document",
    "config_twin",
    "declared",
    "extensions",
    "parse_toml",
    "projects",
    "read_file",
    "read_text",
    "twin_fits",
    "with_extensions",
]
