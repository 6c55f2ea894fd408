"""Public names for programs of users.

The other packages are the rooms of this project: their names may change with any version, these change with a note in
CHANGELOG.md.
"""

import importlib.metadata

from driver import Driver
from golden.data import load
from golden.interchange import BinaryProduct, BinarySign, PixelInput, Sign, from_torch, program_of
from golden.model import core_model
from golden.training import BinaryConv2d, BinaryLinear, Network, lower, train
from hdl.axi import AxiCore
from hdl.config import CoreConfig, InputError
from hdl.contract import Program
from hdl.verilog import to_verilog

__all__ = [
    "AxiCore",
    "BinaryConv2d",
    "BinaryLinear",
    "BinaryProduct",
    "BinarySign",
    "CoreConfig",
    "Driver",
    "InputError",
    "Network",
    "PixelInput",
    "Program",
    "Sign",
    "__version__",
    "core_model",
    "from_torch",
    "load",
    "lower",
    "program_of",
    "to_verilog",
    "train",
]

__version__ = importlib.metadata.version("bayescim")
