"""Calibration of the macros of a layer."""

from amaranth import Cat, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ...config import CoreConfig, Layer
from ...contract import address_field_width
from ...rows import RowStore
from ...streams import index_width
from .reference_codes import ReferenceCodes
from .reference_search import ReferenceSearch

__all__ = ["MacroCalibration"]


class MacroCalibration(wiring.Component):
    """References of the macros of a layer, target counts, and the search.

    Keeps the codes of the references in registers and the target counts in a memory, a row for each plane, the codes
    first. One :class:`ReferenceSearch` serves all arrays, one at a time. A global reference uses only the first column
    of the rows.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core; it has macros.
    layer : :class:`Layer`
        The layer.
    latency : :class:`int`
        Cycles from a read to its counts, at least 1.

    Members
    -------
    tile, line : :py:`In(…)`
        Array, and row of it, that are accessed. Stable during a search, and in the cycle after ``look``.
    keep, row : :py:`In(1)`, :py:`In(cols)`
        Keep that row.
    look, shown : :py:`In(1)`, :py:`Out(cols)`
        Show that row in the next cycle.
    start, done : :py:`In(1)`, :py:`Out(1)`
        Begin a search, and its last cycle, as of :class:`ReferenceSearch`. The codes are kept.
    read, group, known : :py:`Out(…)`
        Read this group of the array with the known vector.
    count : :py:`In(cols).array(read_width)`
        Planes of the counts of the array, ``latency`` cycles after ``read``.
    reference : :py:`Out(reference_bits * lanes).array(arrays)`
        Codes of the references of each array.
    """

    def __init__(self, config: CoreConfig, layer: Layer, *, latency: int = 1):
        if config.macro is None:
            raise ValueError("MacroCalibration config must have a section macro, not none")
        self._config = config
        self._macro = config.macro
        self._layer = layer
        self._latency = latency
        lanes = config.sensing.count_lanes(layer)
        super().__init__(
            {
                "tile": In(address_field_width(config, "tile")),
                "line": In(address_field_width(config, "line")),
                "keep": In(1),
                "row": In(layer.cols),
                "look": In(1),
                "shown": Out(layer.cols),
                "start": In(1),
                "done": Out(1),
                "read": Out(1),
                "known": Out(1),
                "group": Out(index_width(layer.groups)),
                "count": In(layer.cols).array(layer.read_width),
                "reference": Out(self._macro.reference_bits * lanes).array(layer.arrays),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer, sensing, bits = self._layer, self._config.sensing, self._macro.reference_bits
        m.submodules.search = search = ReferenceSearch(self._config, layer, latency=self._latency)
        m.submodules.codes = codes = ReferenceCodes(self._config, layer)
        m.submodules.targets = targets = RowStore(layer.arrays, sensing.target_width(layer), sensing.count_lanes(layer))
        counts = self.line >= bits
        searching = Signal()
        m.d.sync += searching.eq((searching | self.start) & ~search.done)
        m.d.comb += [
            codes.chosen.eq(Cat(self.tile == tile for tile in range(layer.arrays))),
            codes.line.eq(self.line),
            codes.keep.eq(self.keep),
            codes.row.eq(self.row),
            codes.searching.eq(searching),
            codes.found.eq(search.done),
            *(port.eq(code) for port, code in zip(codes.code, search.code, strict=True)),
            *(port.eq(code) for port, code in zip(self.reference, codes.reference, strict=True)),
            targets.group.eq(self.tile),
            targets.line.eq(self.line - bits),
            targets.write.eq(self.keep & counts),
            targets.read.eq(self.look | self.start),
            targets.row.eq(self.row),
            self.shown.eq(Mux(counts, targets.word, codes.shown)),
            *(port.eq(word) for port, word in zip(search.target, targets.words, strict=True)),
            *(port.eq(ones) for port, ones in zip(search.count, self.count, strict=True)),
            search.start.eq(self.start),
            self.read.eq(search.read),
            self.known.eq(searching),
            self.group.eq(search.group),
            self.done.eq(search.done),
        ]
        return m
