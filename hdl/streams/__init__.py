"""Stream layouts, and blocks that split streams."""

from .column_beats import beat_of, column_counter, gather, last_beat
from .layouts import (
    Activations,
    ClassStatistics,
    Counts,
    Logit,
    PassTag,
    PixelBeat,
    Preactivation,
    Prediction,
    Result,
    RowAddress,
    RowCommand,
    RowReply,
    index_width,
    layer_mask,
)
from .mux_tree import mux_tree
from .queue import StreamQueue
from .queued_branch import QueuedBranch
from .tee import Tee
from .word_lines import WordLines

__all__ = [
    "Activations",
    "ClassStatistics",
    "Counts",
    "Logit",
    "PassTag",
    "PixelBeat",
    "Preactivation",
    "Prediction",
    "QueuedBranch",
    "Result",
    "RowAddress",
    "RowCommand",
    "RowReply",
    "StreamQueue",
    "Tee",
    "WordLines",
    "beat_of",
    "column_counter",
    "gather",
    "index_width",
    "last_beat",
    "layer_mask",
    "mux_tree",
]
