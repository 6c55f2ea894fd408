"""Timing of :class:`hdl.crossbar.Crossbar`, with the line driver before it."""

from hdl.config import CoreConfig, Layer

from .block import Consumer
from .pipeline import Pipeline

__all__ = ["Crossbar"]


class Crossbar(Pipeline):
    """A read a cycle, each vector right after the one before; everything waits while counts are refused.

    A vector is taken with its last read. Its counts are there after the cycle of the accumulator and one for each
    stage of the pipeline.
    """

    def __init__(self, config: CoreConfig, layer: Layer, o: Consumer):
        super().__init__(o, steps=layer.reads, stages=2 + config.hardware.pipeline)
