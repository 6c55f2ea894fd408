"""Networks from outside, folded without rounding."""

from .configuration import METHODS, drops_of, to_document
from .folding import Array, Folding, Traced, refuse
from .line import Line
from .network import FoldedLayer, ForeignNetwork
from .program import logit_error, to_program
from .quantizer import BipolarQuantizer, InputCoding, IntegerQuantizer
from .surd import Surd

__all__ = [
    "METHODS",
    "Array",
    "BipolarQuantizer",
    "FoldedLayer",
    "Folding",
    "ForeignNetwork",
    "InputCoding",
    "IntegerQuantizer",
    "Line",
    "Surd",
    "Traced",
    "drops_of",
    "logit_error",
    "refuse",
    "to_document",
    "to_program",
]
