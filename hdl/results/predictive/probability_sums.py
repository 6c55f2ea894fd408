"""Sums of the probabilities of each class."""

from amaranth import Module, Mux, Signal, unsigned
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["ProbabilitySums"]


class ProbabilitySums(wiring.Component):
    """Weighted sums of probabilities, in a memory.

    Takes a probability a cycle, and writes its sum in the next. A place comes again two cycles later at the soonest.

    Parameters
    ----------
    place_width : :class:`int`
        Bits of a place.
    value_width, pass_weight_width, sum_width : :class:`int`
        Bits of a probability, of a weight, and of a sum; with weights of 0 bits all weigh 1.

    Members
    -------
    take : :py:`In(1)`
        Add a probability.
    place, value, weight : :py:`In(…)`
        Where it is added, the probability, and the weight of its pass where that has bits.
    first : :py:`In(1)`
        The sum begins with it.
    fetch, fetched_place : :py:`In(1)`, :py:`In(place_width)`
        Read a sum.
    fetched : :py:`Out(sum_width)`
        The sum, in the next cycle.
    """

    def __init__(self, place_width: int, value_width: int, pass_weight_width: int, sum_width: int):
        self._depth = 2**place_width
        self._pass_weight_width = pass_weight_width
        super().__init__(
            {
                "take": In(1),
                "place": In(place_width),
                "value": In(value_width),
                **({"weight": In(pass_weight_width)} if pass_weight_width else {}),
                "first": In(1),
                "fetch": In(1),
                "fetched_place": In(place_width),
                "fetched": Out(sum_width),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.sums = sums = memory.Memory(shape=unsigned(len(self.fetched)), depth=self._depth, init=[])
        reader, writer, fetcher = sums.read_port(), sums.write_port(), sums.read_port()
        adding = Signal()
        adding_first = Signal()
        adding_place = Signal.like(self.place)
        weighted = Signal(len(self.value) + self._pass_weight_width)
        m.d.sync += adding.eq(self.take)
        with m.If(self.take):
            m.d.sync += [
                weighted.eq(self.value * self.weight if self._pass_weight_width else self.value),
                adding_first.eq(self.first),
                adding_place.eq(self.place),
            ]
        m.d.comb += [
            reader.en.eq(self.take),
            reader.addr.eq(self.place),
            writer.en.eq(adding),
            writer.addr.eq(adding_place),
            writer.data.eq(Mux(adding_first, 0, reader.data) + weighted),
            fetcher.en.eq(self.fetch),
            fetcher.addr.eq(self.fetched_place),
            self.fetched.eq(fetcher.data),
        ]
        return m
