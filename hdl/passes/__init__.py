"""Monte-Carlo passes: repeaters and mask sequencing."""

from .frame_repeater import FrameRepeater
from .mask_sequencer import MaskSequencer
from .pass_counter import PassCounter
from .pass_unit import PassUnit
from .prefix_repeater import PrefixRepeater
from .repeater import Repeater
from .vector_repeater import VectorRepeater

__all__ = [
    "FrameRepeater",
    "MaskSequencer",
    "PassCounter",
    "PassUnit",
    "PrefixRepeater",
    "Repeater",
    "VectorRepeater",
]
