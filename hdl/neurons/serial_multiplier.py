"""Bit-serial multiplication and addition in every lane."""

from amaranth import Const, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

__all__ = ["SerialMultiplier"]


class SerialMultiplier(wiring.Component):
    """Bit-serial gain · count + constant in each lane.

    Planes come out from the lowest on. A row of full adders adds the gain wherever a bit of the count is set. The
    planes of the gains are loaded one a cycle; then each step takes a plane of the counts and one of the constants, and
    gives one of the sums combinationally. Planes are those of numbers in two's complement, modulo 2^steps.

    Parameters
    ----------
    gain_width : :class:`int`
        Bits of a gain, which is signed.
    lanes : :class:`int`
        Number of products.

    Members
    -------
    load : :py:`In(1)`
        Take ``word`` as the next plane of the gains, the lowest first, all ``gain_width`` before the first step.
    step : :py:`In(1)`
        Go on to the next plane.
    last : :py:`In(1)`
        With ``step``: the next plane is the lowest of other numbers with the same gains, unless others are loaded.
    word : :py:`In(lanes)`
        Plane of the gains, or of the constants.
    count : :py:`In(lanes)`
        Plane of the counts, which are not negative.
    o : :py:`Out(lanes)`
        Plane of the sums.
    """

    def __init__(self, gain_width: int, lanes: int):
        for name, value in (("gain_width", gain_width), ("lanes", lanes)):
            if type(value) is not int or value < 1:
                raise ValueError(f"SerialMultiplier {name} must be a positive integer, not {value!r}")
        self._gain_width = gain_width
        self._lanes = lanes
        super().__init__(
            {
                "load": In(1),
                "step": In(1),
                "last": In(1),
                "word": In(lanes),
                "count": In(lanes),
                "o": Out(lanes),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        gain = [Signal(self._lanes, name=f"gain_{bit}") for bit in range(self._gain_width)]
        with m.If(self.load):
            m.d.sync += [own.eq(above) for own, above in zip(gain, [*gain[1:], self.word], strict=True)]
        product = self._product(m, [plane & self.count for plane in gain])
        m.d.comb += self.o.eq(self._serial_sum(m, "sum", product, self.word))
        return m

    def _product(self, m: Module, parts: list[Value]) -> Value:
        """Return the next plane of the product; part ``j`` is bit ``j`` of the gain where the count's bit is set."""
        # The highest bit of a gain is negative: the complement of its part is added, and once 1.
        addends, negative = [*parts[:-1], ~parts[-1]], len(parts) - 1
        totals = []
        above = [Signal(self._lanes, name=f"above_{bit}") for bit in range(1, len(parts))]
        kept: list[Value] = [*above, Const(0, self._lanes)]
        for bit, (addend, before) in enumerate(zip(addends, kept, strict=True)):
            totals.append(self._serial_sum(m, f"product_{bit}", addend, before, first=bit == negative))
        with m.If(self.step):
            m.d.sync += [own.eq(Mux(self.last, 0, total)) for own, total in zip(above, totals[1:], strict=True)]
        return totals[0]

    def _serial_sum(self, m: Module, name: str, a: Value, b: Value, *, first: bool = False) -> Value:
        """Return the sum of the next bits in each lane; ``first`` is the carry into the lowest ones."""
        carry = Signal(self._lanes, init=-int(first), name=f"carry_{name}")
        half, total = (Signal(self._lanes, name=f"{part}_{name}") for part in ("half", "total"))
        m.d.comb += [half.eq(a ^ b), total.eq(half ^ carry)]
        with m.If(self.step):
            m.d.sync += carry.eq(Mux(self.last, carry.init, (a & b) | (half & carry)))
        return total
