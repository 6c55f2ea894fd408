"""Reference codes of the macros of a layer."""

from amaranth import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ...config import CoreConfig, Layer
from ...contract import address_field_width

__all__ = ["ReferenceCodes"]


class ReferenceCodes(wiring.Component):
    """Registers of the reference codes, a plane a row.

    The array that is being searched shows the trial code instead. A code that is kept or found is there in the next
    cycle, a trial code at once.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core; it has macros.
    layer : :class:`Layer`
        The layer.

    Members
    -------
    chosen : :py:`In(arrays)`
        One-hot: the array whose codes are accessed.
    line : :py:`In(…)`
        Plane that is accessed.
    keep, row : :py:`In(1)`, :py:`In(cols)`
        Keep the row as that plane of the array's codes.
    shown : :py:`Out(cols)`
        That plane, 0 where there is none.
    searching, found : :py:`In(1)`
        The array's references are being searched, or were found and are to be kept.
    code : :py:`In(lanes).array(reference_bits)`
        Planes of the codes that are tried, or were found.
    reference : :py:`Out(reference_bits * lanes).array(arrays)`
        Codes of the references of each array.
    """

    def __init__(self, config: CoreConfig, layer: Layer):
        if config.macro is None:
            raise ValueError("ReferenceCodes config must have a section macro, not none")
        self._macro = config.macro
        self._lanes = lanes = config.sensing.count_lanes(layer)
        bits = config.macro.reference_bits
        super().__init__(
            {
                "chosen": In(layer.arrays),
                "line": In(address_field_width(config, "line")),
                "keep": In(1),
                "row": In(layer.cols),
                "shown": Out(layer.cols),
                "searching": In(1),
                "found": In(1),
                "code": In(lanes).array(bits),
                "reference": Out(bits * lanes).array(layer.arrays),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        for tile, (chosen, reference) in enumerate(zip(self.chosen, self.reference, strict=True)):
            for index, code in enumerate(self.code):
                held = (1 << self._lanes) - 1 if self._macro.reference_reset >> index & 1 else 0
                kept = Signal(self._lanes, init=held, name=f"reference_{tile}_{index}")
                here = chosen & (self.line == index)
                with m.If(self.keep & here):
                    m.d.sync += kept.eq(self.row)
                with m.If(self.found & chosen):
                    m.d.sync += kept.eq(code)
                with m.If(here):
                    m.d.comb += self.shown.eq(kept)
                tried = reference.word_select(index, self._lanes)
                m.d.comb += tried.eq(Mux(self.searching & chosen, code, kept))
        return m
