"""First and second moments of the logits."""

from amaranth import Module, Mux, Signal, signed
from amaranth.lib import data, memory, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..streams import Logit, index_width

__all__ = ["ClassMoments", "Moments"]


class ClassMoments(data.StructLayout):
    """Sums over the passes, for one class.

    Members
    -------
    sum, square
        As in :class:`~hdl.streams.layouts.ClassStatistics`.
    """

    def __init__(self, config: CoreConfig):
        super().__init__({"sum": signed(config.sum_width), "square": config.square_width})


class Moments(wiring.Component):
    """Sums and squares per class, and the winner.

    The winner is the class with the largest sum of logits. Where passes have weights, each counts as often as it
    weighs. Adds a logit a cycle: its sums are written in the next cycle, or a cycle later with weights, and the winner
    is known in the cycle after that. A class comes again one cycle later at the soonest.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.

    Members
    -------
    add : :py:`In(1)`
        Add ``beat``.
    beat : :py:`In(Logit(config))`
        A logit: the classes of a pass in order, the passes of an input one after the other.
    first : :py:`In(1)`
        The logit is of the first pass of its input: the sums of its class begin with it.
    fetch, index : :py:`In(1)`, :py:`In(index_width(classes))`
        Read the sums of a class. Only while none is added.
    o : :py:`Out(ClassMoments(config))`
        The sums that were read, in the next cycle.
    winner : :py:`Out(index_width(classes))`
        Class with the largest sum, the lowest among equals.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        index = index_width(config.network.classes)
        super().__init__(
            {
                "add": In(1),
                "beat": In(Logit(config)),
                "first": In(1),
                "fetch": In(1),
                "index": In(index),
                "o": Out(ClassMoments(config)),
                "winner": Out(index),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout = ClassMoments(self._config)
        m.submodules.sums = sums = memory.Memory(shape=layout, depth=self._config.network.classes, init=[])
        reader, writer = sums.read_port(), sums.write_port()

        # A logit is squared while its class's sums are read, and added in the next cycle. A class that comes again
        # reads what was written.
        adding = Signal()
        adding_first = Signal()
        added = Signal(Logit(self._config))
        square = Signal(2 * self._config.logits.width)
        term = Signal(layout)
        old = Signal(layout)
        new = Signal(layout)
        fetching, fetched = self._weigh(m, term, added, square, adding_first)
        m.d.sync += [adding.eq(fetching), added.eq(fetched), square.eq(self.beat.value * self.beat.value)]
        m.d.comb += [
            reader.en.eq(fetching | self.fetch),
            reader.addr.eq(Mux(self.fetch, self.index, fetched.index)),
            self.o.eq(reader.data),
            old.eq(Mux(adding_first, 0, reader.data.as_value())),
            new.sum.eq(old.sum + term.sum),
            new.square.eq(old.square + term.square),
            writer.en.eq(adding),
            writer.addr.eq(added.index),
            writer.data.eq(new),
        ]

        # The winner of the input is known a cycle after the final sums are written.
        written = Signal()
        written_index = Signal.like(added.index)
        written_sum = Signal.like(new.sum)
        best_sum = Signal.like(new.sum)
        m.d.sync += [written.eq(adding), written_index.eq(added.index), written_sum.eq(new.sum)]
        with m.If(written & ((written_index == 0) | (written_sum > best_sum))):
            m.d.sync += [best_sum.eq(written_sum), self.winner.eq(written_index)]

        return m

    def _weigh(
        self, m: Module, term: data.View, added: data.View, square: Signal, adding_first: Signal
    ) -> tuple[Signal, data.View]:
        """Drive the summands, a cycle later where weighted; return the read enable of the sums, and its logit."""
        if not self._config.passes_weighted:
            m.d.comb += [term.sum.eq(added.value), term.square.eq(square)]
            m.d.sync += adding_first.eq(self.first)
            return self.add, self.beat
        fetching = Signal()
        fetching_first = Signal()
        fetched = Signal(Logit(self._config))
        m.d.sync += [
            fetching.eq(self.add),
            fetching_first.eq(self.first),
            fetched.eq(self.beat),
            adding_first.eq(fetching_first),
            term.sum.eq(fetched.value * fetched.weight),
            term.square.eq(square * fetched.weight),
        ]
        return fetching, fetched
