"""How a crossbar asks for the bits it puts on its word lines."""

from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from .layouts import PassTag, index_width

__all__ = ["WordLines"]


class WordLines(wiring.Signature):
    """Access to one input vector, group by group; the direction is that of the vector's owner.

    The crossbar reads the groups and bit planes of a vector in an order of its own and says which
    read is the last. The next vector may be offered in the cycle after.

    Members
    -------
    valid : :py:`Out(1)`
        A vector is there. It stays until ``done``.
    tag : :py:`Out(PassTag(config))`
        Pass of the vector; stable while ``valid``.
    bits : :py:`Out(rows_per_read).array(row_tiles)`
        Bits of the word lines of each row tile, one cycle after their ``read``; kept until the next.
    read : :py:`In(1)`
        Read ``plane`` of ``group``.
    group, plane : :py:`In(…)`
        What to read.
    done : :py:`In(1)`
        With ``read``: it is the last of this vector.
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
