"""Search for the references of an array."""

import itertools

from amaranth import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ...config import CoreConfig, Layer
from ...lanes import Adder
from ...streams import index_width

__all__ = ["ReferenceSearch"]


class ReferenceSearch(wiring.Component):
    """Successive approximation of one array's references.

    Finds the largest codes with which the weights of a column, read with all inputs at 1, still give as many +1 as
    its target count, or more. A larger reference gives fewer.

    For each bit of the code, the highest first: the bit is set, the groups of word lines are read one after the other
    and ``calibration_reads`` times over, one read a cycle, and the bit stays if the ones reach the target: in each
    column, or with a global reference in all columns together. ``done`` comes
    ``1 + b (n + latency + 3)`` cycles after ``start`` for b bits and n reads, and where the reference is global
    ``b cols`` cycles later.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core; it has macros.
    layer : :class:`Layer`
        The layer of the array.
    latency : :class:`int`
        Cycles from a read to its counts, at least 1.

    Members
    -------
    start : :py:`In(1)`
        Begin; not before ``done``.
    target : :py:`In(lanes).array(target_width)`
        Planes of the target counts: of one lane, or of one for each column. Stable from the first read to ``done``.
    read, group : :py:`Out(1)`, :py:`Out(range(groups))`
        Read this group of word lines with the references in ``code``.
    count : :py:`In(cols).array(read_width)`
        Planes of the numbers of ones, ``latency`` cycles after ``read``.
    code : :py:`Out(lanes).array(reference_bits)`
        Planes of the codes: of one lane, or of one for each column.
    done : :py:`Out(1)`
        In the last cycle: ``code`` is final, and stays until the next ``start``.
    """

    def __init__(self, config: CoreConfig, layer: Layer, *, latency: int = 1):
        if config.macro is None:
            raise ValueError("ReferenceSearch config must have a section macro, not none")
        self._macro = config.macro
        self._layer = layer
        self._latency = latency
        self._global = self._macro.reference == "global"
        self._ones_width = config.sensing.known_count(layer).bit_length()
        lanes = config.sensing.count_lanes(layer)
        super().__init__(
            {
                "start": In(1),
                "target": In(lanes).array(config.sensing.target_width(layer)),
                "read": Out(1),
                "group": Out(index_width(layer.groups)),
                "count": In(layer.cols).array(layer.read_width),
                "code": Out(lanes).array(self._macro.reference_bits),
                "done": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        macro, layer = self._macro, self._layer
        width = self._ones_width

        # Ones so far in each column. Reads follow one another, so a chain marks those in flight.
        clear = Signal()
        m.submodules.adder = adder = Adder(width, layer.cols)
        kept = [Signal(layer.cols, name=f"ones_{plane}") for plane in range(width)]
        chain = [self.read, *(Signal(name=f"reading_{stage}") for stage in range(self._latency))]
        m.d.sync += [later.eq(sooner) for sooner, later in itertools.pairwise(chain)]
        for plane, (a, b, ones) in enumerate(zip(adder.a, adder.b, kept, strict=True)):
            m.d.comb += [a.eq(ones), b.eq(self.count[plane] if plane < layer.read_width else 0)]
        with m.If(clear):
            m.d.sync += [ones.eq(0) for ones in kept]
        with m.Elif(chain[-1]):
            m.d.sync += [ones.eq(total) for ones, total in zip(kept, adder.sum, strict=False)]

        bit = Signal(macro.reference_bits)
        left = Signal(range(macro.calibration_reads + 1))
        column = Signal(range(layer.cols + 1))
        total = Signal(len(self.target))
        enough = self._reached(m, kept) if not self._global else Signal()
        with m.FSM():
            with m.State("IDLE"), m.If(self.start):
                m.d.sync += [plane.eq(0) for plane in self.code]
                m.d.sync += bit.eq(1 << macro.reference_bits - 1)
                m.next = "TRIAL"
            with m.State("TRIAL"):
                m.d.comb += clear.eq(1)
                m.d.sync += [plane.eq(plane | chosen.replicate(len(plane))) for plane, chosen in self._planes(bit)]
                m.d.sync += [left.eq(macro.calibration_reads), self.group.eq(0), total.eq(0), column.eq(layer.cols)]
                m.next = "READ"
            with m.State("READ"):
                m.d.comb += self.read.eq(left != 0)
                last = self.group == layer.groups - 1
                with m.If(left != 0):
                    m.d.sync += [self.group.eq(Mux(last, 0, self.group + 1)), left.eq(left - last)]
                with m.Elif(~Cat(chain[1:]).any()):
                    m.next = "SUM" if self._global else "JUDGE"
            if self._global:
                # One column after the other, shifted into the place of the first.
                with m.State("SUM"):
                    m.d.sync += [
                        total.eq(total + Cat(ones[0] for ones in kept)),
                        column.eq(column - 1),
                        *(ones.eq(ones.rotate_right(1)) for ones in kept),
                    ]
                    with m.If(column == 1):
                        m.next = "JUDGE"
                m.d.comb += enough.eq(total >= Cat(self.target))
            with m.State("JUDGE"):
                m.d.sync += [
                    plane.eq(plane & (enough | ~chosen.replicate(len(plane)))) for plane, chosen in self._planes(bit)
                ]
                m.d.sync += bit.eq(bit >> 1)
                m.next = "TRIAL"
                with m.If(bit[0]):
                    m.next = "DONE"
            with m.State("DONE"):
                m.d.comb += self.done.eq(1)
                m.next = "IDLE"

        return m

    def _planes(self, bit: Value) -> list[tuple[Signal, Value]]:
        """Return the planes of the code, and whether each is under trial."""
        return list(zip(self.code, bit, strict=True))

    def _reached(self, m: Module, planes: list[Signal]) -> Value:
        """Return the lanes in which the number is at least the target."""
        reached: Value = Const(-1, self._layer.cols)
        for plane, (ones, wanted) in enumerate(zip(planes, self.target, strict=True)):
            higher = Signal(self._layer.cols, name=f"reached_{plane}")
            m.d.comb += higher.eq((ones & ~wanted) | (~(ones ^ wanted) & reached))
            reached = higher
        return reached
