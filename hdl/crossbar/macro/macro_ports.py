"""Ports of a core to an external array."""

from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ...config import CoreConfig, Layer
from ...streams import index_width

__all__ = ["MacroPorts", "macro_name"]


def macro_name(layer: Layer, tile: int) -> str:
    """Return the prefix of the names of a core's ports to an array."""
    return "macro_{}_{}_{}".format(layer.index, *divmod(tile, layer.col_tiles))


class MacroPorts(wiring.Signature):
    """Ports to one array, from the core's side.

    Words and planes are concatenated, the first lowest.

    At most one of ``read``, ``pulse`` and ``verify`` is set in a cycle. Groups of word lines from
    ``layer.array_groups`` on are those of the reference cells.

    Members
    -------
    read : :py:`Out(1)`
        Read ``group`` and sense its columns. A read may follow in every cycle.
    group : :py:`Out(range(layer.array_groups))`
        Group of word lines of a read, a pulse or a verify read.
    words : :py:`In(rows_per_read * cols)`
        Weights that the comparators of each word line of the group have found, 1 for +1, in the cycle after ``read``.
        Only with comparators.
    Input bits of the word lines, and which of them are driven, in the cycle after ``read``. Only with
        Input bits of the word lines, and which of these are driven at all, in the cycle after ``read``. Only with
        converters.
    codes : :py:`In(adc_width * cols)`
        Planes of the codes of the columns, ``adc_cycles`` later: the number of driven word lines whose bit agrees with
        their weight, in steps of 2^adc_shift, or the highest code. Only with converters.
    line : :py:`Out(range(rows_per_read))`
        Word line in the group of a pulse or a verify read.
    pulse : :py:`Out(1)`
        Give a programming pulse to the cells of ``columns``, towards ``levels``.
    columns : :py:`Out(cols)`
        Columns that are pulsed.
    levels : :py:`Out(weight_bits * cols)`
        Planes of the levels.
    busy : :py:`In(1)`
        The pulse takes longer, from the cycle after it on. No other access is made meanwhile.
    verify : :py:`Out(1)`
        Read the levels of a word line.
    sensed : :py:`In(weight_bits * cols)`
        Planes of the levels that were read, in the cycle after ``verify``.
    reference : :py:`Out(reference_bits * lanes)`
        Planes of the codes of the references, of one lane or of one for each column. They may change between reads.
    """

    def __init__(self, config: CoreConfig, layer: Layer):
        macro = config.macro
        if macro is None:
            raise ValueError("MacroPorts config must have a section macro, not none")
        cols, lines, levels = layer.cols, layer.rows_per_read, layer.weight_bits * layer.cols
        if macro.sense == "comparator":
            sense = {"words": In(lines * cols)}
        else:
            sense = {"bits": Out(lines), "drive": Out(lines), "codes": In(config.sensing.adc_width(layer) * cols)}
        super().__init__(
            {
                "read": Out(1),
                "group": Out(index_width(layer.array_groups)),
                **sense,
                "line": Out(index_width(lines)),
                "pulse": Out(1),
                "columns": Out(cols),
                "levels": Out(levels),
                "busy": In(1),
                "verify": Out(1),
                "sensed": In(levels),
                "reference": Out(macro.reference_bits * (1 if macro.reference == "global" else cols)),
            }
        )
