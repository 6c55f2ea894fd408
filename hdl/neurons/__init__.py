"""Neurons, pooling and residuals."""

from .activation_dropout import ActivationDropout
from .affine_transform import AffineTransform, transformed_width
from .dropout_neuron import DropoutNeuron
from .inverted_normalization import InvertedNormalization, waiting_planes
from .kinds import BLOCKS, neuron_block
from .mean_comparator import MeanComparator
from .mean_divider import MeanDivider
from .mean_unit import Mean, MeanUnit
from .neuron import Neuron
from .pool import Pool
from .residual import Residual
from .sampled_neuron import SampledNeuron
from .serial_multiplier import SerialMultiplier
from .threshold_rows import ThresholdRows

__all__ = [
    "BLOCKS",
    "ActivationDropout",
    "AffineTransform",
    "DropoutNeuron",
    "InvertedNormalization",
    "Mean",
    "MeanComparator",
    "MeanDivider",
    "MeanUnit",
    "Neuron",
    "Pool",
    "Residual",
    "SampledNeuron",
    "SerialMultiplier",
    "ThresholdRows",
    "neuron_block",
    "transformed_width",
    "waiting_planes",
]
