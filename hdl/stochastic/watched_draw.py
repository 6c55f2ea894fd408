"""Draws of a stochastic unit for its self-test."""

from amaranth.lib import wiring
from amaranth.lib.wiring import Out

from ..config import CoreConfig
from ..streams import index_width

__all__ = ["WatchedDraw"]


class WatchedDraw(wiring.Signature):
    """Draws of one stochastic unit, from its side.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.

    Members
    -------
    draw : :py:`Out(1)`
        A draw is made and used in this cycle.
    dropped : :py:`Out(1)`
        The draw is a drop.
    index : :py:`Out(range(mask_width))`
        Mask bit of the draw. Only in a core with masks.
    code : :py:`Out(draw_bits)`
        Drop code of that bit, or of the layer.
    """

    def __init__(self, config: CoreConfig):
        index = {"index": Out(index_width(config.stochastic.mask_width))} if config.stochastic.mask_width else {}
        super().__init__({"draw": Out(1), "dropped": Out(1), **index, "code": Out(config.random.draw_bits)})
