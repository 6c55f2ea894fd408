"""Bit-sliced addition."""

from amaranth import Cat, Instance, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..verilog import ColumnCells

__all__ = ["Adder"]


class Adder(wiring.Component):
    """Bit-sliced adder, a ripple over all lanes. Combinational.

    A target may provide its own carry chains instead: :class:`ColumnCells`.

    Parameters
    ----------
    width : :class:`int`
        Planes of each number.
    lanes : :class:`int`
        Bits of a plane.
    agreement : :class:`bool`
        Add 1 where ``w`` agrees with ``x``, through the carry input of the lowest full adder.

    Members
    -------
    a, b : :py:`In(lanes).array(width)`
        Planes of the numbers, lowest first.
    x, w : :py:`In(1)`, :py:`In(lanes)`
        Bits to compare; only with ``agreement``.
    sum : :py:`Out(lanes).array(width + 1)`
        Planes of the sum.
    """

    def __init__(self, width: int, lanes: int, *, agreement: bool = False):
        for name, value in (("width", width), ("lanes", lanes)):
            if type(value) is not int or value < 1:
                raise ValueError(f"Adder {name} must be a positive integer, not {value!r}")
        self._width = width
        self._lanes = lanes
        self._agreement = agreement
        members = {
            "a": In(lanes).array(width),
            "b": In(lanes).array(width),
            "sum": Out(lanes).array(width + 1),
        }
        if agreement:
            members |= {"x": In(1), "w": In(lanes)}
        super().__init__(members)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        if isinstance(platform, ColumnCells):
            m.submodules.cells = self._instance()
            return m

        carry: Value | None = Mux(self.x, self.w, ~self.w) if self._agreement else None
        for plane, (a, b) in enumerate(zip(self.a, self.b, strict=True)):
            half = Signal(self._lanes, name=f"half_{plane}")
            out = Signal(self._lanes, name=f"carry_{plane}")
            m.d.comb += half.eq(a ^ b)
            m.d.comb += self.sum[plane].eq(half if carry is None else half ^ carry)
            m.d.comb += out.eq(a & b if carry is None else (a & b) | (half & carry))
            carry = out
        m.d.comb += self.sum[-1].eq(carry)
        return m

    def _instance(self) -> Instance:
        sizes = {"p_WIDTH": self._width, "p_LANES": self._lanes}
        ports = {"i_a": Cat(self.a), "i_b": Cat(self.b), "o_sum": Cat(self.sum)}
        if self._agreement:
            return Instance("agreement_adder", **sizes, **ports, i_x=self.x, i_w=self.w)
        return Instance("adder", **sizes, **ports)
