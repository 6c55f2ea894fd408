"""Comparison of levels with a tolerance."""

from amaranth import Const, Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

__all__ = ["LevelComparator"]


class LevelComparator(wiring.Component):
    r"""Comparator with a tolerance in every lane. Combinational.

    Parameters
    ----------
    width : :class:`int`
        Planes of a number.
    lanes : :class:`int`
        Bits of a plane.
    tolerance : :class:`int`
        Largest difference that is within the tolerance.

    Members
    -------
    a, b : :py:`In(lanes).array(width)`
        Planes of the numbers, lowest first.
    outside : :py:`Out(lanes)`
        \|a − b\| > tolerance.
    """

    def __init__(self, width: int, lanes: int, tolerance: int):
        for name, value, least in (("width", width, 1), ("lanes", lanes, 1), ("tolerance", tolerance, 0)):
            if type(value) is not int or value < least:
                raise ValueError(f"LevelComparator {name} must be an integer of at least {least}, not {value!r}")
        self._width = width
        self._lanes = lanes
        self._tolerance = tolerance
        super().__init__(
            {
                "a": In(lanes).array(width),
                "b": In(lanes).array(width),
                "outside": Out(lanes),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        # The larger less the smaller: where a < b the subtraction is of the complements, ~a − ~b = b − a.
        below: Value = Const(0, self._lanes)
        for plane, (a, b) in enumerate(zip(self.a, self.b, strict=True)):
            lower = Signal(self._lanes, name=f"below_{plane}")
            m.d.comb += lower.eq((~a & b) | (~(a ^ b) & below))
            below = lower

        borrow: Value = Const(0, self._lanes)
        over: Value = Const(0, self._lanes)
        for plane, (a, b) in enumerate(zip(self.a, self.b, strict=True)):
            larger, smaller = a ^ below, b ^ below
            difference = Signal(self._lanes, name=f"difference_{plane}")
            borrowed = Signal(self._lanes, name=f"borrow_{plane}")
            more = Signal(self._lanes, name=f"over_{plane}")
            m.d.comb += [
                difference.eq(larger ^ smaller ^ borrow),
                borrowed.eq((~larger & smaller) | (~(larger ^ smaller) & borrow)),
                more.eq((difference & over) if self._tolerance >> plane & 1 else (difference | over)),
            ]
            borrow, over = borrowed, more
        if not self._tolerance >> self._width:
            m.d.comb += self.outside.eq(over)
        return m
