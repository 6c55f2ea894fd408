"""Models of memory cells, one file each.

They are found by name. A model gives the state of a cell that programming freezes, and its conductance and read noise
from then on (docs/devices.md). A user's own device is a table of measurements, :mod:`golden.devices.table`, or a file
here.
"""

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from .cells import Cells
from .device import DeviceModel, Moments
from .pair import Pair, PairCells
from .read_noise import Flicker, Independent, ReadNoise

__all__ = [
    "Cells",
    "DeviceModel",
    "Flicker",
    "Independent",
    "Moments",
    "Pair",
    "PairCells",
    "ReadNoise",
    "devices",
]


@functools.cache
def devices() -> Mapping[str, DeviceModel]:
    """Return all models with their published constants by name, from the files of this directory."""
    modules = [importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)]
    found = [module.DEVICE for module in modules if hasattr(module, "DEVICE")]
    return MappingProxyType({model.name: model for model in sorted(found, key=lambda model: model.name)})
