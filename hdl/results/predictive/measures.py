"""Mean probabilities and measures of uncertainty."""

from amaranth import Array, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ...config import Measure, PredictiveFormat
from ...streams import Prediction, StreamQueue, index_width
from .accumulation import Totals
from .divider import Divider

__all__ = ["Measures"]

#: Cycles before the first division, those of each class beside its division, and those after the last one.
_STARTING, _LOOKING_UP, _MEASURING = 1, 2, 2


class Measures(wiring.Component):
    """Mean probabilities, entropies and "don't know".

    One input at a time. The first result is valid :attr:`latency` cycles after the totals were offered, then one a
    cycle; an input is taken in the cycle after the last result of the previous one.

    Parameters
    ----------
    measures : :class:`PredictiveFormat`
        Formats.
    total_width : :class:`int`
        Bits of the sum of the weights of an input.

    Members
    -------
    i : :py:`In(stream.Signature(Totals(measures, total_width)))`
        Totals of an input; taken when no longer needed.
    fetch, index, fetched, look_up, probability, surprise
        As in :class:`~hdl.results.predictive.Accumulation`, from the other side.
    o : :py:`Out(stream.Signature(Prediction(measures)))`
        As many beats as classes for each input.
    measure, threshold : :py:`In(…)`
        Code of the measure that is compared, and its least value that makes an input unknown. Must be stable while
        there is an input.
    """

    def __init__(self, measures: PredictiveFormat, total_width: int):
        self._measures = measures
        sum_width = total_width + measures.probability_bits
        # A mean is one class's probability or the entropy.
        numerator = total_width + max(measures.probability_bits, measures.entropy_width) + 1
        quotient = max(measures.probability_width, measures.entropy_width)
        self._divider = Divider(numerator, total_width, quotient)
        super().__init__(
            {
                "i": In(stream.Signature(Totals(measures, total_width))),
                "fetch": Out(1),
                "index": Out(index_width(measures.classes)),
                "fetched": In(sum_width),
                "look_up": Out(1),
                "probability": Out(measures.probability_width),
                "surprise": In(measures.surprise_max.bit_length()),
                "o": Out(stream.Signature(Prediction(measures))),
                "measure": In(range(len(Measure))),
                "threshold": In(measures.threshold_width),
            }
        )

    @property
    def latency(self) -> int:
        """Cycles from the offer of the totals to the first result."""
        division = self._divider.cycles
        return _STARTING + self._measures.classes * (division + _LOOKING_UP) + division + _MEASURING

    def elaborate(self, platform: object) -> Module:
        m = Module()
        measures, classes = self._measures, self._measures.classes
        m.submodules.divider = divider = self._divider
        m.submodules.means = means = StreamQueue(measures.probability_width, classes)

        weight = self.i.p.weight
        numerator = Signal(divider.i.p.numerator.shape())
        quotient = divider.o.payload
        m.d.comb += [
            # Rounded half up.
            divider.i.p.numerator.eq(numerator + (weight >> 1)),
            divider.i.p.denominator.eq(weight),
            means.i.payload.eq(quotient),
            self.probability.eq(quotient),
            self.o.p.probability.eq(means.o.payload),
        ]

        index = Signal(range(classes + 1))
        given = Signal(range(classes))
        largest = Signal(measures.probability_width)
        entropy, expected = self.o.p.predictive_entropy, self.o.p.expected_entropy
        with m.FSM():
            with m.State("WAIT"):
                m.d.sync += [index.eq(0), given.eq(0), largest.eq(0), entropy.eq(0)]
                with m.If(self.i.valid):
                    m.d.comb += self.fetch.eq(1)
                    m.next = "DIVIDE"
            with m.State("DIVIDE"):
                m.d.comb += [numerator.eq(self.fetched), divider.i.valid.eq(1)]
                m.next = "LOOK UP"
            with m.State("LOOK UP"), m.If(divider.o.valid):
                m.d.comb += [divider.o.ready.eq(1), self.look_up.eq(1), means.i.valid.eq(1)]
                m.d.sync += index.eq(index + 1)
                with m.If(quotient > largest):
                    m.d.sync += largest.eq(quotient)
                m.next = "ADD"
            with m.State("ADD"):
                m.d.comb += [self.index.eq(index), self.fetch.eq(index != classes)]
                m.d.sync += entropy.eq(entropy + self.surprise)
                m.next = "DIVIDE"
                with m.If(index == classes):
                    m.next = "DIVIDE ENTROPY"
            with m.State("DIVIDE ENTROPY"):
                m.d.comb += [numerator.eq(self.i.p.surprise), divider.i.valid.eq(1), self.i.ready.eq(1)]
                m.next = "MEASURE"
            with m.State("MEASURE"):
                m.d.comb += divider.o.ready.eq(1)
                m.d.sync += expected.eq(quotient)
                with m.If(divider.o.valid):
                    m.next = "SUBTRACT"
            with m.State("SUBTRACT"):
                m.d.sync += self.o.p.mutual_information.eq(Mux(entropy > expected, entropy - expected, 0))
                m.next = "GIVE"
            with m.State("GIVE"):
                m.d.comb += [self.o.valid.eq(1), means.o.ready.eq(self.o.ready)]
                with m.If(self.o.ready):
                    m.d.sync += given.eq(given + 1)
                    with m.If(given == classes - 1):
                        m.next = "WAIT"

        one = 1 << measures.probability_bits
        # In the order of their codes.
        measured = Array([entropy, expected, self.o.p.mutual_information, one - largest])
        m.d.comb += self.o.p.unknown.eq(measured[self.measure] >= self.threshold)

        return m
