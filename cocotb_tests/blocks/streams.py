"""Table of the blocks in ``hdl/streams``."""

from amaranth import unsigned

from hdl.config import CoreConfig
from hdl.streams import QueuedBranch, StreamQueue, Tee

from .block import Block
from .geometries import AFFINE, CORES, Geometry
from .neuron_blocks import neuron_blocks

__all__ = ["BLOCKS"]

#: Beats of a queue that takes one a cycle.
_DEPTH = 3


def _branches(config: CoreConfig) -> bool:
    return "queued_branch" in neuron_blocks(config) or any(layer.skip is not None for layer in config.layers)


BLOCKS = (
    Block(
        name="queue",
        make=lambda _program, _layer, *, width, depth, **_: StreamQueue(unsigned(width), depth),
        tests=11,
        geometries=CORES[:2],
        values=lambda program, _layer: {
            "width": program.config.logits.width,
            "depth": _DEPTH,
            "latency": StreamQueue(unsigned(program.config.logits.width), _DEPTH).latency,
        },
    ),
    Block(
        name="queued_branch",
        make=lambda program, _layer, *, width: QueuedBranch(program.config, width, _DEPTH),
        tests=28,
        geometries=(Geometry("residual"), AFFINE[0]),
        exists=_branches,
        values=lambda _program, layer: {"width": layer.outputs},
    ),
    Block(
        name="tee",
        make=lambda _program, _layer, *, width: Tee(unsigned(width)),
        tests=37,
        geometries=CORES[:2],
        values=lambda program, _layer: {"width": program.config.logits.width},
    ),
)
