"""Random draws, identical to those of the hardware."""

from . import lfsr, stochastic_unit
from .draws import Draws, check_masks, layer_values, pass_draws, states_after
from .lfsr import jump
from .local_units import local_draws
from .meaning import MEANINGS, meaning, popcount
from .self_test import SelfTestRecord, watch
from .stochastic_unit import beats, draws, kept, masks
from .watched_units import watch_units, watched_draws
from .weight_draws import WeightDraws

__all__ = [
    "MEANINGS",
    "Draws",
    "SelfTestRecord",
    "WeightDraws",
    "beats",
    "check_masks",
    "draws",
    "jump",
    "kept",
    "layer_values",
    "lfsr",
    "local_draws",
    "masks",
    "meaning",
    "pass_draws",
    "popcount",
    "states_after",
    "stochastic_unit",
    "watch",
    "watch_units",
    "watched_draws",
]
