"""Accumulation over row tiles and bit planes."""

from collections.abc import Sequence

from amaranth import Const, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import HardwareConfig, Layer
from ..lanes import Adder

__all__ = ["Accumulator"]


class Accumulator(wiring.Component):
    """Accumulator of agreement counts in every column.

    Adds the counts of all row tiles in the cycle of ``add``, which ``total`` shows in the next. Where
    ``sums_registered``, the counts are those of the cycle before.

    Parameters
    ----------
    layer : :class:`Layer`
        Geometry; the sum is ``count_width`` bits wide and cannot overflow.
    hardware : :class:`HardwareConfig`, optional
        Placement of registers.

    Members
    -------
    add : :py:`In(1)`
        Add the counts now.
    clear : :py:`In(1)`
        With ``add``: clear the sum first.
    shift : :py:`In(1)`
        With ``add``: double the sum first, as a lower bit plane begins.
    counts : :py:`In(beat_outputs).array(row_tiles, read_width)`
        Planes of the counts of each row tile.
    total : :py:`Out(beat_outputs).array(count_width)`
        Planes of the sum.
    """

    def __init__(self, layer: Layer, hardware: HardwareConfig | None = None):
        self._layer = layer
        self._hardware = hardware or HardwareConfig()
        super().__init__(
            {
                "add": In(1),
                "clear": In(1),
                "shift": In(1),
                "counts": In(layer.beat_outputs).array(layer.row_tiles, layer.read_width),
                "total": Out(layer.beat_outputs).array(layer.count_width),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer = self._layer

        # The sum cannot exceed count_max, whatever the width of the counts would allow.
        summed = self._sum(m, "tiles", [list(planes) for planes in self.counts])[: layer.count_width]
        if self._hardware.sums_registered:
            registered = [Signal(layer.beat_outputs, name=f"summed_{plane}") for plane in range(len(summed))]
            m.d.sync += [register.eq(plane) for register, plane in zip(registered, summed, strict=True)]
            summed = registered

        kept = []
        for plane, total in enumerate(self.total):
            lower = self.total[plane - 1] if plane else Const(0, layer.beat_outputs)
            kept.append(Mux(self.clear, 0, Mux(self.shift, lower, total) if layer.input_bits > 1 else total))
        planes = self._sum(m, "adder", [kept, summed])
        with m.If(self.add):
            m.d.sync += [total.eq(plane) for total, plane in zip(self.total, planes, strict=False)]
        return m

    def _sum(self, m: Module, name: str, numbers: Sequence[Sequence[Value]]) -> Sequence[Value]:
        """Return the planes of the sum of ``numbers``, by an adder tree."""
        if len(numbers) == 1:
            return numbers[0]
        half = len(numbers) // 2
        low = self._sum(m, f"{name}_low", numbers[:half])
        high = self._sum(m, f"{name}_high", numbers[half:])
        width, lanes = max(len(low), len(high)), self._layer.beat_outputs
        m.submodules[name] = adder = Adder(width, lanes)
        for port, planes in ((adder.a, low), (adder.b, high)):
            padded = [*planes, *[Const(0, lanes)] * (width - len(planes))]
            m.d.comb += [target.eq(plane) for target, plane in zip(port, padded, strict=True)]
        return list(adder.sum)
