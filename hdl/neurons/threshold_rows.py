"""Integers of a layer's neurons, as rows."""

from collections.abc import Mapping

from amaranth import Cat, Const, Module, Mux
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from ..contract import Integers, neuron_rows
from ..rows import RowAccess, RowStore, column_groups, grouped_address, grouped_places
from ..streams import RowCommand, RowReply, index_width

__all__ = ["ThresholdRows"]


class ThresholdRows(wiring.Component):
    """Neuron integers of all columns, behind the row port.

    Planes of thresholds and polarities, or of gains and constants, in a store for each column tile. Planes appear one
    cycle after ``read`` and stay until the next. One read a cycle while no row command holds the neurons; a command is
    carried out as in :class:`RowAccess`.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    layer : :class:`Layer`
        A hidden layer.
    contents : mapping of :class:`str` to integer arrays, optional
        Initial integers of the neurons by name, zeros by default.
    serial : :class:`bool`
        Whether one line is read at a time, from one memory, instead of all lines from a memory for each.

    Members
    -------
    command, reply
        As in :class:`RowAccess`.
    idle : :py:`In(1)`
        The neurons need no plane that they have read.
    hold : :py:`Out(1)`
        The neurons must not begin to read.
    read, choice : :py:`In(1)`, :py:`In(index_width(choices))`
        Read the lines of ``choice``. Not while a command holds the idle neurons.
    line : :py:`In(index_width(neuron_lines))`
        Line to read. Only where ``serial``.
    column : :py:`In(index_width(column_groups))`
        Group of columns to read. Only where there are several.
    planes : :py:`Out(beat_outputs).array(neuron_lines)`
        Lines that were read, bit ``c`` for output ``c``, or for the output that ``layer.beat_columns`` tells; only the
        one where ``serial``.
    """

    def __init__(
        self,
        config: CoreConfig,
        layer: Layer,
        *,
        contents: Mapping[str, Integers] | None = None,
        serial: bool = False,
    ):
        if layer not in config.hidden_layers:
            raise ValueError(f"ThresholdRows layer must be a hidden layer of the configuration, not {layer!r}")
        self._config = config
        self._layer = layer
        self._contents = contents
        self._serial = serial
        super().__init__(
            {
                "command": In(stream.Signature(RowCommand(config))),
                "reply": Out(stream.Signature(RowReply(config))),
                "idle": In(1),
                "hold": Out(1),
                "read": In(1),
                "choice": In(index_width(layer.choices)),
                **({"line": In(index_width(layer.neuron_lines))} if serial else {}),
                **({"column": In(index_width(layer.column_groups))} if layer.column_groups > 1 else {}),
                "planes": Out(layer.beat_outputs).array(1 if serial else layer.neuron_lines),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer, folds = self._layer, self._layer.column_folds
        m.submodules.access = access = RowAccess(
            self._config, tiles=layer.col_tiles, groups=layer.choices, lines=layer.neuron_lines, folds=folds
        )
        wiring.connect(m, wiring.flipped(self.command), access.command)
        wiring.connect(m, access.reply, wiring.flipped(self.reply))
        m.d.comb += [access.idle.eq(self.idle), self.hold.eq(access.hold)]

        # Where lines are read one by one they lie in one memory, a group behind the other.
        own, asked = self.choice, access.group
        if self._serial:
            own, asked = Cat(self.line, self.choice), Cat(access.line, access.group)
        if folds > 1:
            column = self.column if layer.column_groups > 1 else Const(0, len(access.column))
            places = layer.choices << index_width(layer.neuron_lines) if self._serial else layer.choices
            own, asked = grouped_address(own, column, places), grouped_address(asked, access.column, places)
        tiles = []
        for tile in range(layer.col_tiles):
            m.submodules[f"store_{tile}"] = store = self._store(tile)
            m.d.comb += [
                store.read.eq(self.read | access.read[tile]),
                store.write.eq(access.write[tile]),
                store.group.eq(Mux(access.hold & self.idle, asked, own)),
                store.row.eq(access.row),
                access.words[tile].eq(store.word),
            ]
            if not self._serial:
                m.d.comb += store.line.eq(access.line)
            tiles.append(store.words)
        for plane, *words in zip(self.planes, *tiles, strict=True):
            m.d.comb += plane.eq(Cat(words))
        return m

    def _store(self, tile: int) -> RowStore:
        """Return the store of column tile ``tile``."""
        layer, lines = self._layer, self._layer.neuron_lines
        rows = [] if self._contents is None else neuron_rows(self._contents, layer, tile)
        groups = layer.choices
        if self._serial:
            places = 2 ** index_width(lines)
            rows = [[word] for group in rows for word in (*group, *[0] * (places - lines))]
            groups, lines = groups * places, 1
        folds = layer.column_folds
        init = column_groups(rows, folds, layer.cols)
        return RowStore(grouped_places(groups, folds), lines, layer.cols_per_read, init=init, joined=folds > 1)
