"""Table of the blocks in ``hdl/passes``."""

from hdl.config import CoreConfig
from hdl.passes import FrameRepeater, MaskSequencer, PassCounter, PrefixRepeater, Repeater, VectorRepeater

from .block import Block, hidden, of_config, of_layer
from .geometries import CORES, Geometry, When

__all__ = ["BLOCKS"]


def _repeats_vectors(config: CoreConfig) -> bool:
    return config.layers[0].sampling is not None and config.layers[0].window is None


BLOCKS = (
    Block(
        name="pass_counter",
        make=of_config(PassCounter),
        tests=3,
        geometries=CORES[:2],
        exists=lambda config: not config.passes_weighted,
    ),
    Block(
        name="repeater",
        make=of_config(Repeater),
        tests=10,
        # Not the random ones, whose first layer may have several beats.
        geometries=(*CORES[:2], Geometry("ensemble", icarus=When.LONG)),
        exists=lambda config: (
            config.layers[0].shared_by_passes and config.layers[0].beats == 1 and not config.passes_weighted
        ),
    ),
    Block(
        name="frame_repeater",
        make=of_config(FrameRepeater),
        tests=10,
        geometries=(Geometry("residual", verilator=When.ALWAYS), Geometry("grouped", icarus=When.LONG)),
        exists=lambda config: config.layers[0].shared_by_passes and config.layers[0].beats > 1,
    ),
    Block(
        name="vector_repeater",
        make=of_config(VectorRepeater),
        tests=4,
        geometries=(Geometry("drawn"), Geometry("drawn_smallest", icarus=When.LONG)),
        exists=_repeats_vectors,
    ),
    Block(
        name="mask_sequencer",
        make=of_config(MaskSequencer),
        tests=14,
        geometries=(Geometry("smallest_prefix", icarus=When.LONG), Geometry("prefix")),
        exists=lambda config: config.passes_weighted,
    ),
    Block(
        name="prefix_repeater",
        make=of_layer(PrefixRepeater),
        tests=10,
        # The layer that is first and last, and first, middle and last ones.
        geometries=(
            Geometry("smallest_prefix", icarus=When.LONG),
            Geometry("prefix"),
            Geometry("prefix", 1),
            Geometry("prefix", 2),
        ),
        exists=lambda config: config.passes_weighted,
        layer=hidden,
    ),
)
