"""Monte-Carlo passes of an input, with masks."""

from amaranth import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..stochastic import StochasticUnit, WatchedDraw
from ..streams import Counts, StreamQueue
from .frame_repeater import FrameRepeater
from .mask_sequencer import MaskSequencer
from .prefix_repeater import PrefixRepeater
from .repeater import Repeater

__all__ = ["PassUnit"]


class PassUnit(wiring.Component):
    """Repeater of the first layer's counts, with masks.

    Each pass of an input has a mask of its own. A list of connections: a :class:`Repeater`, or a :class:`FrameRepeater`
    where an input has several beats of counts, with the stochastic unit that draws its masks. Where passes have
    weights, a :class:`MaskSequencer` between the two, a :class:`PrefixRepeater` and a queue in which the weights wait
    for the last hidden layer. Latency and throughput are those of the repeater.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of a core whose first layer is computed once for all passes.

    Members
    -------
    i : :py:`In(stream.Signature(Counts(config, config.layers[0])))`
        Counts of the first layer.
    o : :py:`Out(stream.Signature(Counts(config, config.layers[0])))`
        The same counts for each pass or, where passes have weights, for each value of the layer's mask bits.
    passes
        As in :class:`Repeater`.
    started, exact : :py:`In(1)`
        As in :class:`MaskSequencer`. Only where passes have weights.
    weights : :py:`Out(stream.Signature(weight_width))`
        Weights of the passes, for the last hidden layer. Only where passes have weights and that is not the first.
    load, seed, codes, entropy
        As in :class:`StochasticUnit`. Only where passes have masks.
    watched : :py:`Out(WatchedDraw(config)).array(shared_units)`
        Draws of each register of the stochastic unit. Only where the configuration has a self-test, too.
    """

    def __init__(self, config: CoreConfig):
        if not config.layers[0].shared_by_passes:
            raise ValueError(f"PassUnit config must compute its first layer once for all passes, not {config.name!r}")
        self._config = config
        self._several_layers = len(config.hidden_layers) > 1
        counts = stream.Signature(Counts(config, config.layers[0]))
        members: dict[str, wiring.Member] = {"i": In(counts), "o": Out(counts), "passes": In(config.passes_width)}
        if config.passes_weighted:
            members |= {"started": In(1), "exact": In(1)}
            members |= {"weights": Out(stream.Signature(config.pass_weight_width))} if self._several_layers else {}
        if config.stochastic.mask_width:
            members |= {
                "load": In(config.stochastic.shared),
                "seed": In(config.random.lfsr_width),
                "codes": In(config.random.draw_bits).array(config.stochastic.mask_width),
            }
            if config.stochastic.external:
                members["entropy"] = In(stream.Signature(config.stochastic.entropy_width))
            if config.self_test is not None:
                members["watched"] = Out(WatchedDraw(config)).array(config.stochastic.shared)
        super().__init__(members)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        config = self._config
        if config.passes_weighted:
            self._weigh(m)
            return m
        kind = FrameRepeater if config.layers[0].beats > 1 else Repeater
        m.submodules.repeater = repeater = kind(config)
        wiring.connect(m, wiring.flipped(self.i), repeater.i)
        wiring.connect(m, repeater.o, wiring.flipped(self.o))
        m.d.comb += repeater.passes.eq(self.passes)
        if config.stochastic.mask_width:
            self._draw(m, repeater)
        return m

    def _weigh(self, m: Module) -> None:
        """Connect the passes that have weights."""
        config = self._config
        m.submodules.repeater = repeater = PrefixRepeater(config, config.layers[0])
        m.submodules.sequencer = sequencer = MaskSequencer(config)
        m.submodules.weights = weights = StreamQueue(config.pass_weight_width, config.stochastic.masks + 1)
        wiring.connect(m, wiring.flipped(self.i), repeater.i)
        wiring.connect(m, repeater.o, wiring.flipped(self.o))
        wiring.connect(m, sequencer.o, repeater.present)
        wiring.connect(m, sequencer.weights, weights.i)
        wiring.connect(m, weights.o, wiring.flipped(self.weights) if self._several_layers else repeater.weights)
        m.d.comb += [
            sequencer.started.eq(self.started),
            sequencer.passes.eq(self.passes),
            sequencer.exact.eq(self.exact),
            *(port.eq(code) for port, code in zip(sequencer.codes, self.codes, strict=True)),
        ]
        self._draw(m, sequencer)

    def _draw(self, m: Module, consumer: Repeater | FrameRepeater | MaskSequencer) -> None:
        """Connect the stochastic unit to its consumer."""
        config = self._config
        m.submodules.stochastic_unit = unit = StochasticUnit(config)
        wiring.connect(m, unit.o, consumer.mask)
        m.d.comb += [
            unit.demand.eq(consumer.demand),
            unit.load.eq(self.load),
            unit.seed.eq(self.seed),
            *(port.eq(code) for port, code in zip(unit.codes, self.codes, strict=True)),
        ]
        if config.stochastic.external:
            wiring.connect(m, wiring.flipped(self.entropy), unit.entropy)
        if config.self_test is not None:
            for source, watched in zip(unit.watched, self.watched, strict=True):
                names = WatchedDraw(config).members
                m.d.comb += [getattr(watched, name).eq(getattr(source, name)) for name in names]
