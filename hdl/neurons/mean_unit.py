"""The mean of a whole layer."""

from amaranth import Array, Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from ..lanes import Popcount
from ..streams import Activations, PassTag, column_counter
from .affine_transform import transformed_width
from .mean_divider import MeanDivider

__all__ = ["Mean", "MeanUnit"]


class Mean(data.StructLayout):
    """The mean of all values of a map.

    Members
    -------
    value : :py:`unsigned(width)`
        ⌈S / n⌉ of their sum S and number n.
    tag : :class:`PassTag`
        The pass they belong to.
    """

    def __init__(self, config: CoreConfig, layer: Layer):
        super().__init__({"value": transformed_width(layer), "tag": PassTag(config)})


class MeanUnit(wiring.Component):
    """Mean of all values of a map, rounded up.

    The values of all channels and positions are added, and the sum is divided by their number. An integer is at least
    S / n where it is at least ⌈S / n⌉, so that neurons need not know S. The ones of a plane are counted and added with
    its weight; a restoring divider finds a bit of the quotient a cycle.

    Takes a plane a cycle. The mean is there ``divide_cycles + 2`` cycles after the last plane of its map was taken. A
    map takes ``divide_cycles + 2`` cycles at the least: only what follows its last plane ever waits, for the division
    before to be finished and its mean taken.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    layer : :class:`Layer`
        A hidden layer with `gains` and `constants`.

    Members
    -------
    i : :py:`In(stream.Signature(Activations(config, layer.beat_outputs)))`
        Planes of one vector, or beat, after the other, the lowest first.
    o : :py:`Out(stream.Signature(Mean(config, layer)))`
        Means in the order of their maps.
    """

    def __init__(self, config: CoreConfig, layer: Layer):
        self._layer = layer
        self._width = transformed_width(layer)
        self._values = layer.outputs * layer.vectors
        self._divider = MeanDivider(self._width, self._values)
        super().__init__(
            {
                "i": In(stream.Signature(Activations(config, layer.beat_outputs))),
                "o": Out(stream.Signature(Mean(config, layer))),
            }
        )

    @property
    def divide_cycles(self) -> int:
        """Cycles of a division: none where the number of values is a power of two."""
        return self._divider.cycles

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer, width = self._layer, self._width
        m.submodules.divider = divider = self._divider

        taken = Signal()
        m.d.comb += taken.eq(self.i.valid & self.i.ready)
        highest, last = self._place(m, taken)

        m.submodules.popcount = popcount = Popcount(layer.beat_outputs, 1)
        m.d.comb += [
            popcount.bits.eq(-1),
            *(word.eq(bit) for word, bit in zip(popcount.words, self._values_in(m, taken & highest), strict=True)),
        ]

        # The ones of a plane, before they are added.
        counted = Signal()
        ones = Signal(len(popcount.count))
        ends_vector = Signal()
        ends_map = Signal()
        tag = Signal.like(self.i.p.tag)
        busy = Signal()
        add = Signal()
        m.d.comb += [add.eq(counted & ~(ends_map & busy)), self.i.ready.eq(~counted | add)]
        m.d.sync += counted.eq(taken | (counted & ~add))
        with m.If(taken):
            m.d.sync += [
                ones.eq(Cat(popcount.count)),
                ends_vector.eq(highest),
                ends_map.eq(last),
                tag.eq(self.i.p.tag),
            ]

        # The sum rotates with the planes, so that the summand always has the weight of its lowest bit. Bits that have
        # rotated past it are lower ones, which no carry reaches: the sum has room. It begins with n − 1 to round up.
        total = Signal(divider.dividend.shape(), init=self._values - 1)
        summed = Signal.like(total)
        complete = Signal.like(total)
        m.d.comb += [summed.eq(total + ones), complete.eq(summed.rotate_right(len(total) - width + 1))]
        with m.If(add):
            m.d.sync += total.eq(Mux(ends_map, total.init, Mux(ends_vector, complete, summed.rotate_right(1))))

        # Until its mean is taken, no other sum is divided.
        m.d.comb += [
            divider.start.eq(add & ends_map),
            divider.dividend.eq(complete),
            self.o.valid.eq(busy & divider.ready),
            self.o.p.value.eq(divider.quotient),
        ]
        m.d.sync += busy.eq(divider.start | (busy & ~(self.o.valid & self.o.ready)))
        with m.If(divider.start):
            m.d.sync += self.o.p.tag.eq(tag)

        return m

    def _values_in(self, m: Module, taken: Value) -> Value:
        """Return the bits of the plane, 0 where a column holds no output; ``taken`` ends a beat."""
        groups = [self._layer.beat_columns(group) for group in range(self._layer.column_groups)]
        if all(None not in columns for columns in groups):
            return self.i.p.bits
        column = column_counter(m, self._layer, taken)
        held = Array(Cat(Const(each is not None, 1) for each in columns) for columns in groups)
        return self.i.p.bits & held[column]

    def _place(self, m: Module, taken: Value) -> tuple[Signal, Signal]:
        """Return whether the plane is the highest of its vector, and whether it is the last of its map."""
        plane = Signal(range(self._width))
        position = Signal(range(self._layer.beats + 1))
        highest = Signal()
        last = Signal()
        m.d.comb += [
            highest.eq(plane == self._width - 1),
            last.eq(highest & (position == self._layer.beats - 1)),
        ]
        with m.If(taken):
            m.d.sync += plane.eq(Mux(highest, 0, plane + 1))
            with m.If(highest):
                m.d.sync += position.eq(Mux(last, 0, position + 1))
        return highest, last
