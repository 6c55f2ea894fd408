"""Conversion of pixels and activations to word lines."""

from .bank_pair import BankPair
from .flatten import Flatten
from .frame_buffer import FrameBuffer
from .layer_input import LayerInput
from .line_driver import LineDriver
from .pixel_buffer import PixelBuffer
from .pixel_input import PixelInput
from .window_buffer import WindowBuffer

__all__ = [
    "BankPair",
    "Flatten",
    "FrameBuffer",
    "LayerInput",
    "LineDriver",
    "PixelBuffer",
    "PixelInput",
    "WindowBuffer",
]
