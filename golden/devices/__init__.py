"""Models of memory cells, one file each.

They are found by name. A model gives the state of a cell that programming freezes, and its conductance and read noise
from then on (docs/devices.md). A user's own device is a table of measurements, :mod:`golden.devices.table`, or an
extension.
"""

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from hdl.config import InputError, with_extensions

from .cells import Cells
from .device import DeviceModel, Moments, State
from .draws import Generators, normal, uniform
from .ideal import Ideal
from .measurements import COLUMNS
from .pair import Pair, PairCells
from .pcm import PhaseChangeMemory
from .read_noise import Flicker, Independent, ReadNoise
from .spread_targets import SpreadTargets, program_pair
from .switching import switching_probability
from .table import MeasuredDevice
from .validation import QUANTITIES, compare, largest_score, read_correlation, sampled_moments
from .verified_programming import VerifiedProgramming, once

__all__ = [
    "COLUMNS",
    "GROUP",
    "QUANTITIES",
    "Cells",
    "DeviceModel",
    "Flicker",
    "Generators",
    "Ideal",
    "Independent",
    "MeasuredDevice",
    "Moments",
    "Pair",
    "PairCells",
    "PhaseChangeMemory",
    "ReadNoise",
    "SpreadTargets",
    "State",
    "VerifiedProgramming",
    "compare",
    "devices",
    "largest_score",
    "normal",
    "once",
    "program_pair",
    "read_correlation",
    "sampled_moments",
    "switching_probability",
    "uniform",
]


#: Group of the entry points of models from outside, by their name.
GROUP = "bayescim.devices"


def devices() -> Mapping[str, DeviceModel]:
    """Return all models by name: those of the files in this directory, with published constants, and of extensions.

    Raises
    ------
    InputError
        An extension cannot be used.
    """
    found = with_extensions(_own(), GROUP)
    for name, model in found.items():
        if not isinstance(model, DeviceModel):
            raise InputError(f"{GROUP}.{name} must be a device model, not {model!r}")
    return found


@functools.cache
def _own() -> Mapping[str, DeviceModel]:
    modules = [importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)]
    found = [module.DEVICE for module in modules if hasattr(module, "DEVICE")]
    return MappingProxyType({model.name: model for model in sorted(found, key=lambda model: model.name)})
