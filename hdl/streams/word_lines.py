"""Interface between a crossbar and its word lines."""

from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from .layouts import PassTag, index_width

__all__ = ["WordLines"]


class WordLines(wiring.Signature):
    """Group-by-group access to one input vector.

    The direction is that of the vector's owner. The crossbar reads the groups and bit planes of a vector in its own
    order and marks the last read. The next vector may be offered in the cycle after.

    Members
    -------
    valid : :py:`Out(1)`
        A vector is available. It stays until ``done``.
    tag : :py:`Out(PassTag(config))`
        Pass of the vector; stable while ``valid``.
    bits : :py:`Out(rows_per_read).array(row_tiles)`
        Bits of the word lines of each row tile, one cycle after their ``read``; kept until the next.
    read : :py:`In(1)`
        Read ``plane`` of ``group``.
    group, plane : :py:`In(…)`
        Address to read.
    done : :py:`In(1)`
        With ``read``: the last read of this vector.
    """

    def __init__(self, config: CoreConfig, layer: Layer):
        super().__init__(
            {
                "valid": Out(1),
                "tag": Out(PassTag(config)),
                "bits": Out(layer.rows_per_read).array(layer.row_tiles),
                "read": In(1),
                "group": In(index_width(layer.groups)),
                "plane": In(index_width(layer.input_bits)),
                "done": In(1),
            }
        )
