"""Timing of :class:`hdl.logit_correction.LogitCorrection`."""

from .block import Consumer
from .pipeline import Pipeline

__all__ = ["LogitCorrection"]

_STAGES = 5


class LogitCorrection(Pipeline):
    """Five stages that stand still together while a logit is refused."""

    def __init__(self, o: Consumer):
        super().__init__(o, stages=_STAGES)
