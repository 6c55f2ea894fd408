"""Digital form of one compute-in-memory array."""

from collections.abc import Sequence

from amaranth import Instance, Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import HardwareConfig, Layer
from ..lanes import Columns
from ..rows import RowStore, column_groups, grouped_address, grouped_places
from ..streams import index_width
from ..verilog import SharedModules
from .weight_sampler import WeightSampler

__all__ = ["Array"]


class Array(wiring.Component):
    """XNOR-popcount array of ``rows × cols`` cells.

    It reads ``rows_per_read`` word lines and senses ``cols_per_read`` columns at a time, and counts in each of these
    the driven word lines whose input bit equals the stored weight. Word lines that hold no input of the layer are
    never driven, whatever their cells hold. The counts appear one cycle after ``read``, combinationally from
    ``bits`` of that cycle, and as many cycles later as ``hardware`` has ``array_stages``; ``word`` a cycle later
    where ``reads_registered``. One read a cycle.

    Parameters
    ----------
    layer : :class:`Layer`
        Geometry.
    row_tile : :class:`int`
        Part of the fan-in that the array holds: determines which word lines are driven.
    hardware : :class:`HardwareConfig`, optional
        Placement of registers.
    init : sequence of sequences of :class:`int`
        Initial rows as ``[group][line]``; zeros by default.
    col_tile : :class:`int`
        Outputs that the columns belong to: determines the use of draws.

    Members
    -------
    read, write, group, line, row
        As in :class:`RowStore`; for probability codes each word line has one line per bit of a code.
    column : :py:`In(index_width(column_folds))`
        Group of columns, whose bits alone are read or written. Only where there are several.
    bits : :py:`In(rows_per_read)`
        Input bits of the word lines of the group that was read: one cycle after ``read``.
    draws : :py:`In(line_units).array(weight_bits)`
        Draws to compare with the probability codes of the group, as in :class:`WeightSampler`: one cycle after
        ``read``. Only where weights are drawn.
    count : :py:`Out(cols_per_read).array(read_width)`
        Planes of the agreement counts of the group that was read, one below ``layer.groups``.
    word : :py:`Out(cols_per_read)`
        Row ``line`` of the group that was read; ``line`` must stay stable meanwhile.
    """

    def __init__(
        self,
        layer: Layer,
        row_tile: int,
        *,
        hardware: HardwareConfig | None = None,
        init: Sequence[Sequence[int]] = (),
        col_tile: int = 0,
    ):
        if row_tile not in range(layer.row_tiles):
            raise ValueError(f"Array row_tile must be between 0 and {layer.row_tiles - 1}, not {row_tile!r}")
        self._layer = layer
        self._row_tile = row_tile
        self._hardware = hardware or HardwareConfig()
        self._init = init
        self._col_tile = col_tile
        drawn = {} if layer.sampling is None else {"draws": In(layer.line_units).array(layer.weight_bits)}
        super().__init__(
            {
                "read": In(1),
                "write": In(1),
                "group": In(index_width(layer.array_groups)),
                **({"column": In(index_width(layer.column_folds))} if layer.column_folds > 1 else {}),
                "line": In(index_width(layer.group_rows)),
                "row": In(layer.cols_per_read),
                "bits": In(layer.rows_per_read),
                **drawn,
                "count": Out(layer.cols_per_read).array(layer.read_width),
                "word": Out(layer.cols_per_read),
            }
        )

    def elaborate(self, platform: object) -> Module | Instance:
        layer = self._layer
        # Without contents most arrays of a layer are equal.
        if isinstance(platform, SharedModules) and not self._init and platform.shares(self):
            inputs = layer.tile_inputs(self._row_tile)
            geometry = (layer.rows, layer.cols, layer.column_folds, layer.rows_per_read, layer.groups, layer.sets)
            sampling = (layer.sampling, layer.generator_of(self._col_tile))
            return platform.instance(self, "array", (geometry, sampling, inputs, self._hardware.pipeline))
        m = Module()

        groups, folds = layer.array_groups, layer.column_folds
        init = column_groups(self._init, folds, layer.cols)
        m.submodules.store = store = RowStore(
            grouped_places(groups, folds), layer.group_rows, layer.cols_per_read, init=init, joined=folds > 1
        )
        m.submodules.columns = columns = Columns(layer, self._row_tile, self._hardware)
        m.d.comb += self.word.eq(store.word)
        words = store.words
        if layer.sampling is not None:
            m.submodules.sampler = sampler = WeightSampler(layer, self._col_tile)
            m.d.comb += [code.eq(word) for code, word in zip(sampler.codes, store.words, strict=True)]
            words = sampler.words
        m.d.comb += [target.eq(word) for target, word in zip(columns.words, words, strict=True)]

        # High fan-out to all cells of all arrays: each array keeps its own copy of them, which synthesis must
        # not merge with the equal copy of another array.
        group, column = store.group, None
        if folds > 1:
            group, column = Signal.like(self.group, name="stored_group"), Signal.like(self.column, name="stored_column")
            m.d.comb += store.group.eq(grouped_address(group, column, groups))
        sources = [self.read, self.write, self.group, self.line, self.row, self.bits]
        targets = [store.read, store.write, group, store.line, store.row, columns.bits]
        if column is not None:
            sources, targets = [*sources, self.column], [*targets, column]
        if layer.sampling is not None:
            sources, targets = [*sources, *self.draws], [*targets, *sampler.draws]
        self._pass(m, sources, targets, registered=self._hardware.reads_registered, keep=True)
        self._pass(m, columns.count, self.count, registered=self._hardware.counts_registered)

        # The group whose words the store shows.
        shown = Signal.like(self.group)
        m.d.comb += columns.group.eq(shown)
        with m.If(store.read):
            m.d.sync += shown.eq(group)
        if layer.sampling is not None and sampler.follows_columns:
            shown_column = Signal.like(self.column)
            m.d.comb += sampler.column.eq(shown_column)
            with m.If(store.read):
                m.d.sync += shown_column.eq(column)

        return m

    def _pass(
        self, m: Module, sources: Sequence[Value], targets: Sequence[Value], *, registered: bool, keep: bool = False
    ) -> None:
        """Connect, through a register where there is one; ``keep`` forbids synthesis to merge it with an equal one."""
        for source, target in zip(sources, targets, strict=True):
            if registered:
                register = Signal.like(source, name_suffix="_registered", attrs={"keep": 1} if keep else {})
                m.d.comb += target.eq(register)
                m.d.sync += register.eq(source)
            else:
                m.d.comb += target.eq(source)
