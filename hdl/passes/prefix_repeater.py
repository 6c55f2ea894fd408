"""Passes that share the results of earlier layers."""

from amaranth import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from ..streams import Counts

__all__ = ["PrefixRepeater"]


class PrefixRepeater(wiring.Component):
    """Repeater of counts for each occurring mask value.

    Sends the counts of a layer once for each value of the layer's mask bits that occurs, lowest first. All masks
    that agree in the bits before share the counts, which are computed once. Combinational from input to output;
    stores which values were sent and no data. One beat a cycle.

    Parameters
    ----------
    config : :class:`CoreConfig`
        A configuration whose passes have weights.
    layer : :class:`Layer`
        A hidden layer with mask bits.

    Members
    -------
    i : :py:`In(stream.Signature(Counts(config, layer)))`
        Counts, each taken with the last of its beats. Before the first hidden layer their tags are ignored.
    o : :py:`Out(stream.Signature(Counts(config, layer)))`
        The same counts, each with the layer's bits of the mask.
    present : :py:`In(stream.Signature(masks))`
        Masks that occur for each input; only in the first layer.
    weights : :py:`In(stream.Signature(weight_width))`
        Weights of the masks that occur, in their order; only in the last hidden layer.
    """

    def __init__(self, config: CoreConfig, layer: Layer):
        if not config.passes_weighted or layer not in config.hidden_layers:
            raise ValueError(f"PrefixRepeater layer must be a hidden layer whose passes have weights, not {layer!r}")
        self._config = config
        self._layer = layer
        self._first = layer.index == 0
        self._last = layer == config.hidden_layers[-1]
        counts = stream.Signature(Counts(config, layer))
        members = {"i": In(counts), "o": Out(counts)}
        if self._first:
            members["present"] = In(stream.Signature(config.stochastic.masks))
        if self._last:
            members["weights"] = In(stream.Signature(config.pass_weight_width))
        super().__init__(members)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer, tag = self._layer, self.o.p.tag
        children = 1 << layer.mask_bits
        # Masks that agree in the bits so far and in those of this layer.
        below = 1 << sum(each.mask_bits for each in self._config.layers[layer.index + 1 :])

        # A value is a *child*: it occurs where some mask with it does. The lowest unsent one is next.
        present = self.present.payload if self._first else self.i.p.tag.present[: children * below]
        sent = Signal(children)
        pending = Signal(children)
        chosen = Signal(children)
        final = Signal()
        move = Signal()
        occurs = Cat(present.word_select(child, below).any() for child in range(children))
        m.d.comb += [
            pending.eq(occurs & ~sent),
            chosen.eq(pending & -pending),
            final.eq((pending & ~chosen) == 0),
            move.eq(self.o.valid & self.o.ready),
            self.o.p.planes.eq(self.i.p.planes),
            self.i.ready.eq(move & final),
            tag.last.eq(final),
        ]
        with m.If(move):
            m.d.sync += sent.eq(Mux(final, 0, sent | chosen))

        there: Value = self.i.valid
        mask: Value = Const(0)
        if self._first:
            there = there & self.present.valid
            m.d.comb += self.present.ready.eq(move & final)
        else:
            mask = self.i.p.tag.mask
            m.d.comb += tag.last.eq(final & self.i.p.tag.last)
        if self._last:
            m.d.comb += [
                self.o.valid.eq(there & self.weights.valid),
                self.weights.ready.eq(there & self.o.ready),
                tag.weight.eq(self.weights.payload),
            ]
        else:
            # Not known yet; a constant would become an always block of Verilog with an empty sensitivity list.
            m.d.comb += [self.o.valid.eq(there), tag.weight.eq(self.i.p.tag.weight)]
        for child in range(children):
            with m.If(chosen[child]):
                m.d.comb += [
                    tag.mask.eq(mask | child << layer.mask_offset),
                    tag.present.eq(present.word_select(child, below)),
                ]

        return m
