"""Macro array as the crossbar sees it."""

from amaranth import Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ...config import CoreConfig, Layer
from ...lanes import Columns
from ...streams import index_width
from .converted_counts import ConvertedCounts
from .macro_ports import MacroPorts

__all__ = ["MacroArray"]


class MacroArray(wiring.Component):
    """Agreement counts with sampled weights of a macro.

    In each column the driven word lines whose input bit equals the weight are counted: with comparators here, from the
    words of the macro, as :class:`~hdl.crossbar.Array` does with its cells; with converters in the macro. Word lines
    that hold no input of the layer count nothing. The counts appear as many cycles after ``read`` as
    :class:`~hdl.crossbar.Array` takes, and with converters ``adc_cycles`` later. One read a cycle.

    A read of the known vector counts the weights that are +1: it has all bits 1, whatever is on the word lines.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core; it has macros.
    layer : :class:`Layer`
        Geometry of the layer.
    row_tile : :class:`int`
        Part of the fan-in that the array holds.

    Members
    -------
    read, pulse, verify, line, columns, levels, reference
        For the ports.
    group : :py:`In(range(layer.array_groups))`
        Group of word lines, for the ports.
    known : :py:`In(1)`
        The read is one of the known vector.
    bits : :py:`In(rows_per_read)`
        Input bits of the word lines of the group that was read: one cycle after ``read``.
    count : :py:`Out(cols).array(read_width)`
        Planes of the agreement counts.
    macro : :py:`Out(MacroPorts(config, layer))`
        The macro.
    """

    def __init__(self, config: CoreConfig, layer: Layer, row_tile: int):
        if row_tile not in range(layer.row_tiles):
            raise ValueError(f"MacroArray row_tile must be between 0 and {layer.row_tiles - 1}, not {row_tile!r}")
        self._config = config
        self._layer = layer
        self._row_tile = row_tile
        ports = MacroPorts(config, layer)
        forwarded = ("read", "group", "pulse", "verify", "line", "columns", "levels", "reference")
        super().__init__(
            {
                **{name: In(ports.members[name].shape) for name in forwarded},
                "known": In(1),
                "bits": In(layer.rows_per_read),
                "count": Out(layer.cols).array(layer.read_width),
                "macro": Out(ports),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer, hardware, macro = self._layer, self._config.hardware, self.macro

        bits, known = Signal.like(self.bits), Signal()
        for name in ("read", "group", "pulse", "verify", "line", "columns", "levels"):
            self._pass(m, getattr(self, name), getattr(macro, name), registered=hardware.reads_registered)
        self._pass(m, self.bits, bits, registered=hardware.reads_registered)
        self._pass(m, self.known, known, registered=hardware.reads_registered)
        m.d.comb += macro.reference.eq(self.reference)

        # State of the read in the cycle of its bits.
        given = Signal()
        counted = Signal(index_width(layer.groups))
        driven = Signal.like(bits)
        with m.If(macro.read):
            m.d.sync += [given.eq(known), counted.eq(macro.group)]
        m.d.comb += driven.eq(bits | given.replicate(len(bits)))

        counts: list[Value]
        if self._config.sensing.converts:
            counts = self._convert(m, driven, counted)
        else:
            m.submodules.columns = columns = Columns(layer, self._row_tile, hardware)
            m.d.comb += [columns.bits.eq(driven), columns.group.eq(counted)]
            m.d.comb += [word.eq(macro.words.word_select(line, layer.cols)) for line, word in enumerate(columns.words)]
            counts = list(columns.count)
        for source, target in zip(counts, self.count, strict=True):
            self._pass(m, source, target, registered=hardware.counts_registered)
        return m

    def _convert(self, m: Module, bits: Value, group: Value) -> list[Value]:
        """Connect the converters; return planes of counts, delayed as those of columns and by the conversion."""
        layer, macro, hardware = self._layer, self.macro, self._config.hardware
        for line, drive in enumerate(macro.drive):
            m.d.comb += drive.eq(group < layer.driven_groups(self._row_tile, line))
        m.d.comb += macro.bits.eq(bits & macro.drive)

        for cycle in range(self._config.sensing.stages):
            group, before = Signal(group.shape(), name=f"converting_{cycle}"), group
            m.d.sync += group.eq(before)
        m.submodules.counts = counts = ConvertedCounts(self._config, layer, self._row_tile)
        m.d.comb += counts.group.eq(group)
        m.d.comb += [plane.eq(macro.codes.word_select(bit, layer.cols)) for bit, plane in enumerate(counts.codes)]
        if not hardware.halves_registered:
            return list(counts.count)
        stage = [Signal(layer.cols, name=f"halves_{bit}") for bit in range(layer.read_width)]
        m.d.sync += [register.eq(plane) for register, plane in zip(stage, counts.count, strict=True)]
        return list(stage)

    def _pass(self, m: Module, source: Value, target: Value, *, registered: bool) -> None:
        """Connect, through a register where there is one."""
        if registered:
            register = Signal.like(source, name_suffix="_registered")
            m.d.sync += register.eq(source)
            source = register
        m.d.comb += target.eq(source)
