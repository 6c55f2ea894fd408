"""Training and lowering."""

from .augmentation import shift
from .bernoulli import BernoulliConv2d, BernoulliLinear, to_codes
from .binary import BinaryConv2d, BinaryLinear, by_set, sign
from .checkpoint import from_bytes, to_bytes
from .distortion import distort
from .logit_format import Reals, to_correction
from .lowering import lower
from .network import Network
from .sampled_scale import SampledScale, levels_of
from .sealing import seal
from .thresholds import BatchNorm, limits
from .training import TrainingState, train
from .twin_program import twin_program

__all__ = [
    "BatchNorm",
    "BernoulliConv2d",
    "BernoulliLinear",
    "BinaryConv2d",
    "BinaryLinear",
    "Network",
    "Reals",
    "SampledScale",
    "TrainingState",
    "by_set",
    "distort",
    "from_bytes",
    "levels_of",
    "limits",
    "lower",
    "seal",
    "shift",
    "sign",
    "to_bytes",
    "to_codes",
    "to_correction",
    "train",
    "twin_program",
]
