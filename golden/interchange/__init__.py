"""Networks from outside, folded without rounding."""

from .configuration import METHODS, drops_of, to_document
from .folding import Array, Folding, Traced, refuse
from .line import Line
from .network import ForeignLayer, ForeignNetwork
from .program import logit_error, program_of, to_program
from .quantizer import BipolarQuantizer, InputCoding, IntegerQuantizer
from .surd import Surd
from .torch_modules import BinaryProduct, BinarySign, PixelInput, Sign, from_torch

__all__ = [
    "METHODS",
    "Array",
    "BinaryProduct",
    "BinarySign",
    "BipolarQuantizer",
    "Folding",
    "ForeignLayer",
    "ForeignNetwork",
    "InputCoding",
    "IntegerQuantizer",
    "Line",
    "PixelInput",
    "Sign",
    "Surd",
    "Traced",
    "drops_of",
    "from_torch",
    "logit_error",
    "program_of",
    "refuse",
    "to_document",
    "to_program",
]
