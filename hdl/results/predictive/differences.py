"""Distance of logits from their pass's maximum."""

from amaranth import Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from ...config import PredictiveFormat
from ...streams import StreamQueue
from .softmax_layouts import Difference, PassEnd, pass_weight_width

__all__ = ["Differences"]

#: Passes whose maximum is known at the same time: one is being sent, and two more are never refused.
_PASSES = 4


class Differences(wiring.Component):
    """Distance of logits from their pass's maximum.

    Takes a logit a cycle, and sends a difference a cycle, the first two cycles after the last logit of the pass: no
    pass waits for the previous one.

    Parameters
    ----------
    measures : :class:`PredictiveFormat`
        Formats.
    logit : :class:`~amaranth.lib.data.StructLayout`
        Beats with the members ``value``, ``index`` and ``last``, and perhaps ``weight``, valid with the last class.

    Members
    -------
    i : :py:`In(stream.Signature(logit))`
        Logits: the classes of a pass in order.
    o : :py:`Out(stream.Signature(Difference(measures, pass_weight_width(logit))))`
        As many differences, in the same order.
    """

    def __init__(self, measures: PredictiveFormat, logit: data.StructLayout):
        self._measures = measures
        self._pass_weight_width = pass_weight_width(logit)
        super().__init__(
            {
                "i": In(stream.Signature(logit)),
                "o": Out(stream.Signature(Difference(measures, self._pass_weight_width))),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        classes, width = self._measures.classes, self._measures.logit_width
        peaks = data.StructLayout({"value": signed(width), "end": PassEnd(self._pass_weight_width)})
        m.submodules.values = values = StreamQueue(signed(width), 3 * classes)
        m.submodules.peaks = known = StreamQueue(peaks, _PASSES)

        beat = self.i.p
        take = Signal()
        final = Signal()
        m.d.comb += [
            self.i.ready.eq(values.i.ready & known.i.ready),
            take.eq(self.i.valid & self.i.ready),
            final.eq(beat.index == classes - 1),
        ]
        largest = Signal(signed(width))
        peak = Signal(peaks)
        m.d.comb += [
            peak.value.eq(Mux((beat.index == 0) | (beat.value > largest), beat.value, largest)),
            peak.end.last.eq(beat.last),
            values.i.payload.eq(beat.value),
            values.i.valid.eq(take),
            known.i.payload.eq(peak),
            known.i.valid.eq(take & final),
        ]
        if self._pass_weight_width:
            m.d.comb += peak.end.weight.eq(beat.weight)
        with m.If(take):
            m.d.sync += largest.eq(peak.value)

        given = Signal(range(classes))
        m.d.comb += [
            self.o.valid.eq(known.o.valid & values.o.valid),
            self.o.p.value.eq(known.o.p.value - values.o.payload),
            self.o.p.final.eq(given == classes - 1),
            self.o.p.end.eq(known.o.p.end),
        ]
        with m.If(self.o.valid & self.o.ready):
            m.d.comb += [values.o.ready.eq(1), known.o.ready.eq(self.o.p.final)]
            m.d.sync += given.eq(Mux(self.o.p.final, 0, given + 1))

        return m
