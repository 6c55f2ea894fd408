"""Distinct masks of an input and their weights."""

from amaranth import Cat, Module, Mux, Signal, Value
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig

__all__ = ["MaskSequencer"]


class MaskSequencer(wiring.Component):
    """Masks that occur for each input, with weights.

    A mask is identified by its *place*: the number that its bits make, those of the first layer highest, so that masks
    that agree in the first layers are adjacent. When an input starts, the masks of its passes are drawn and counted;
    the weight of a mask is its number of draws. In the exact mode nothing is drawn, and the weight is the mask's
    probability in units of 2^−(draw_bits · mask_width): the product of code, or 2^draw_bits − code, over its bits.

    The masks of an input are offered 2 + passes · (mask_width + 1) + masks cycles after its start or, in the exact
    mode, 2 + masks · (mask_width + 1), without backpressure; the next input is begun in the cycle after they are taken.

    Parameters
    ----------
    config : :class:`CoreConfig`
        A configuration whose passes have weights.

    Members
    -------
    started : :py:`In(1)`
        An input was started.
    demand : :py:`Out(1)`
        A mask is requested from the stochastic unit.
    mask : :py:`In(stream.Signature(mask_width))`
        Masks, from the stochastic unit.
    passes : :py:`In(passes_width)`
        Passes per input, at least 1. Stable while there are inputs.
    exact : :py:`In(1)`
        Exact mode. Stable while there are inputs.
    codes : :py:`In(draw_bits).array(mask_width)`
        Drop codes. Stable while there are inputs.
    weights : :py:`Out(stream.Signature(weight_width))`
        Weight of each mask that occurs, in the order of places. All weights of an input precede its `o`.
    o : :py:`Out(stream.Signature(masks))`
        Masks that occur for each input: bit i for the one with place i. At least one does.
    """

    def __init__(self, config: CoreConfig):
        if not config.passes_weighted:
            raise ValueError(f"MaskSequencer order must be 'prefix', not {config.bayes.order!r}")
        self._config = config
        super().__init__(
            {
                "started": In(1),
                "demand": Out(1),
                "mask": In(stream.Signature(config.stochastic.mask_width)),
                "passes": In(config.passes_width),
                "exact": In(1),
                "codes": In(config.random.draw_bits).array(config.stochastic.mask_width),
                "weights": Out(stream.Signature(config.pass_weight_width)),
                "o": Out(stream.Signature(config.stochastic.masks)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        config = self._config

        # Inputs that were started and are not finished; every stage of the core holds at most two.
        waiting = Signal(range(4 * len(config.layers) + 8))
        taken = Signal()
        m.d.comb += taken.eq(self.o.valid & self.o.ready)
        m.d.sync += waiting.eq(waiting + self.started - taken)

        counts = [Signal(config.passes_width, name=f"count_{place}") for place in range(config.stochastic.masks)]
        number = Signal(config.passes_width)
        place = Signal(range(config.stochastic.masks))
        last_place = Signal()
        bit = Signal(range(config.stochastic.mask_width + 1))
        weight = Signal(config.pass_weight_width)
        m.d.comb += last_place.eq(place == config.stochastic.masks - 1)

        with m.FSM():
            with m.State("WAIT"):
                m.d.sync += [number.eq(1), place.eq(0), bit.eq(0), weight.eq(1), self.o.payload.eq(0)]
                m.d.sync += [count.eq(0) for count in counts]
                with m.If(waiting != 0):
                    m.next = "DRAW"
                    with m.If(self.exact):
                        m.next = "MULTIPLY"
            with m.State("DRAW"):
                m.d.comb += [self.demand.eq(1), self.mask.ready.eq(1)]
                drawn = self._place(self.mask.payload)
                with m.If(self.mask.valid):
                    m.d.sync += number.eq(number + 1)
                    for index, count in enumerate(counts):
                        m.d.sync += count.eq(count + (drawn == index))
                    with m.If(number == self.passes):
                        m.next = "LIST"
            with m.State("LIST"):
                with m.Switch(place):
                    for index, count in enumerate(counts):
                        with m.Case(index):
                            m.d.comb += self.weights.payload.eq(count)
                self._give(m, place, last_place, then="LIST")
            with m.State("MULTIPLY"):
                # The bit of the mask at this place, and its probability.
                factor = Signal(config.random.draw_bits + 1)
                with m.Switch(bit):
                    for index, code in enumerate(self.codes):
                        with m.Case(index):
                            kept = self._bit(place, index)
                            m.d.comb += factor.eq(Mux(kept, (1 << config.random.draw_bits) - code, code))
                m.d.sync += [weight.eq(weight * factor), bit.eq(bit + 1)]
                with m.If(bit == config.stochastic.mask_width - 1):
                    m.next = "WEIGH"
            with m.State("WEIGH"):
                m.d.comb += self.weights.payload.eq(weight)
                with m.If(~self.weights.valid | self.weights.ready):
                    m.d.sync += [bit.eq(0), weight.eq(1)]
                self._give(m, place, last_place, then="MULTIPLY")
            with m.State("GIVE"):
                m.d.comb += self.o.valid.eq(1)
                with m.If(self.o.ready):
                    m.next = "WAIT"

        return m

    def _give(self, m: Module, place: Signal, last_place: Signal, *, then: str) -> None:
        """Send the weight of ``place``, if it occurs, and go on to the next one."""
        m.d.comb += self.weights.valid.eq(self.weights.payload != 0)
        with m.If(~self.weights.valid | self.weights.ready):
            m.d.sync += [self.o.payload.bit_select(place, 1).eq(self.weights.valid), place.eq(place + 1)]
            m.next = then
            with m.If(last_place):
                m.next = "GIVE"

    def _place(self, mask: Value) -> Value:
        """Return the place of a mask."""
        layers = [layer for layer in self._config.layers if layer.mask_bits]
        return Cat(mask[layer.mask_offset : layer.mask_offset + layer.mask_bits] for layer in reversed(layers))

    def _bit(self, place: Value, index: int) -> Value:
        """Return mask bit ``index`` of the mask at a place."""
        layer = next(each for each in self._config.layers if 0 <= index - each.mask_offset < each.mask_bits)
        below = sum(each.mask_bits for each in self._config.layers[layer.index + 1 :])
        return place[below + index - layer.mask_offset]
