"""Top level of the core, a list of connections."""

from amaranth import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from .config import CoreConfig, InputError, Layer
from .contract import Program
from .control import BusReply, BusRequest, Control
from .crossbar import Crossbar
from .crossbar.macro import MacroPorts, macro_name
from .inputs import LayerInput, PixelInput
from .neurons import Pool, Residual, neuron_block
from .passes import PassUnit, PrefixRepeater
from .results import LogitUnit, ResultUnit
from .rows import RowRouter
from .stochastic import DrawWatch
from .streams import Logit, PixelBeat, QueuedBranch, Result, Tee

__all__ = ["Core"]


class Core(wiring.Component):
    """The core, from pixels to logits and statistics.

    Logits come out for every Monte-Carlo pass, statistics for every input.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry and choices.
    program : :class:`Program`, optional
        Initial contents of all memories and registers; without it the arrays are empty.
    logits : :class:`bool`
        Whether the stream of logits is on after reset.

    Members
    -------
    pixels : :py:`In(stream.Signature(PixelBeat(config)))`
        ``beats_per_input`` beats for each input.
    logits : :py:`Out(stream.Signature(Logit(config)))`
        Logits of every class in every pass, while the register `STREAMS` enables them.
    results : :py:`Out(stream.Signature(Result(config)))`
        Statistics of every class of every input.
    request, answer : :py:`In(stream.Signature(BusRequest()))`, :py:`Out(stream.Signature(BusReply()))`
        Register port.
    entropy : :py:`In(stream.Signature(entropy_width))`
        Draws, where they come from outside.
    macro_<layer>_<row tile>_<column tile> : :py:`Out(MacroPorts(config, layer))`
        Each array, where they are macros.
    irq : :py:`Out(1)`
        As in :class:`Control`.
    short_packet, long_packet : :py:`In(1)`
        As in :class:`PixelInput`.

    Raises
    ------
    InputError
        ``program`` is for another configuration.
    """

    def __init__(self, config: CoreConfig, program: Program | None = None, *, logits: bool = False):
        if program is not None and program.config.hash != config.hash:
            raise InputError(
                f"Core program must be for configuration {config.hash[:12]}…, not {program.config.hash[:12]}…"
            )
        self._config = config
        self._program = program
        self._logits = logits
        optional: dict[str, wiring.Member] = {}
        if config.stochastic.external:
            optional["entropy"] = In(stream.Signature(config.stochastic.entropy_width))
        if config.macro is not None:
            for layer in config.layers:
                ports = Out(MacroPorts(config, layer))
                optional |= {macro_name(layer, tile): ports for tile in range(layer.arrays)}
        super().__init__(
            {
                "pixels": In(stream.Signature(PixelBeat(config))),
                "logits": Out(stream.Signature(Logit(config))),
                "results": Out(stream.Signature(Result(config))),
                "request": In(stream.Signature(BusRequest())),
                "answer": Out(stream.Signature(BusReply())),
                "irq": Out(1),
                "short_packet": In(1),
                "long_packet": In(1),
                **optional,
            }
        )

    @property
    def config(self) -> CoreConfig:
        """Geometry and choices."""
        return self._config

    def elaborate(self, platform: object) -> Module:
        m = Module()
        config = self._config

        m.submodules.control = control = Control(config, self._program, logits=self._logits)
        m.submodules.router = router = RowRouter(config)
        wiring.connect(m, wiring.flipped(self.request), control.request)
        wiring.connect(m, control.answer, wiring.flipped(self.answer))
        wiring.connect(m, control.command, router.command)
        wiring.connect(m, router.reply, control.reply)
        m.d.comb += self.irq.eq(control.irq)

        vectors = self._inputs(m, control)
        skips: dict[int, wiring.PureInterface] = {}
        watched: list[wiring.PureInterface] = []
        for layer in config.layers:
            counts = self._crossbar(m, control, router, layer, vectors)
            if layer.shared_by_passes:
                passes = self._passes(m, control, counts)
                counts = passes.o
            elif config.passes_weighted and layer in config.hidden_layers:
                m.submodules[f"repeater_{layer.index}"] = repeater = PrefixRepeater(config, layer)
                wiring.connect(m, counts, repeater.i)
                if layer == config.hidden_layers[-1]:
                    wiring.connect(m, passes.weights, repeater.weights)
                counts = repeater.o
            if layer.skip is not None:
                m.submodules[f"residual_{layer.index}"] = residual = Residual(config, layer)
                wiring.connect(m, counts, residual.i)
                wiring.connect(m, skips[layer.index], residual.skip)
                counts = residual.o
            if layer in config.hidden_layers:
                neuron = self._neuron(m, control, router, layer, counts)
                watched += neuron.watched if config.self_test is not None and layer.local is not None else []
                vectors = self._activations(m, layer, neuron.o, skips)
        if config.self_test is not None:
            m.submodules.watch = watch = DrawWatch(config)
            wiring.connect(m, control.self_test, watch.registers)
            for unit, port in zip(
                passes.watched if config.stochastic.mask_width else watched, watch.units, strict=True
            ):
                wiring.connect(m, unit, port)
        self._outputs(m, control, counts)

        return m

    def _inputs(self, m: Module, control: Control) -> wiring.PureInterface:
        """Connect the pixels; return the positions of images, or the word lines of whole inputs."""
        m.submodules.pixel_input = inputs = PixelInput(self._config)
        wiring.connect(m, wiring.flipped(self.pixels), inputs.i)
        m.d.comb += [
            inputs.enable.eq(control.enable),
            control.started.eq(inputs.started),
            *(block.short_packet.eq(self.short_packet) for block in (inputs, control)),
            *(block.long_packet.eq(self.long_packet) for block in (inputs, control)),
        ]
        if self._config.bayes.scheme.draws_weights:
            m.d.comb += inputs.passes.eq(control.passes)
        return inputs.o

    def _crossbar(
        self, m: Module, control: Control, router: RowRouter, layer: Layer, vectors: wiring.PureInterface
    ) -> wiring.PureInterface:
        """Connect the arrays of ``layer`` and their word lines; return the counts."""
        config, weights = self._config, None if self._program is None else self._program.weights[layer.index]
        if layer.index or layer.window is not None:
            m.submodules[f"input_{layer.index}"] = lines = LayerInput(config, layer)
            wiring.connect(m, vectors, lines.i)
            vectors = lines.o
        m.submodules[f"crossbar_{layer.index}"] = crossbar = Crossbar(config, layer, weights=weights)
        wiring.connect(m, vectors, crossbar.i)
        wiring.connect(m, router.crossbar_command[layer.index], crossbar.command)
        wiring.connect(m, crossbar.reply, router.crossbar_reply[layer.index])
        for tile, macro in enumerate(crossbar.macros if config.macro is not None else ()):
            wiring.connect(m, macro, wiring.flipped(getattr(self, macro_name(layer, tile))))
        if layer.line_units:
            self._reseed(m, control, layer, crossbar.reseed)
        return crossbar.o

    def _neuron(
        self, m: Module, control: Control, router: RowRouter, layer: Layer, counts: wiring.PureInterface
    ) -> wiring.Component:
        """Connect the neurons of ``layer``, with their stochastic units; return the neurons."""
        contents = None if self._program is None else self._program.neurons[layer.index]
        neuron = neuron_block(self._config, layer, contents)
        m.submodules[f"neuron_{layer.index}"] = neuron
        wiring.connect(m, counts, neuron.i)
        wiring.connect(m, router.neuron_command[layer.index], neuron.command)
        wiring.connect(m, neuron.reply, router.neuron_reply[layer.index])
        if layer.local is not None:
            self._reseed(m, control, layer, neuron.reseed)
            m.d.comb += [neuron.code.eq(code) for code in control.codes[layer.index : layer.index + 1]]
        return neuron

    def _activations(
        self, m: Module, layer: Layer, activations: wiring.PureInterface, skips: dict[int, wiring.PureInterface]
    ) -> wiring.PureInterface:
        """Connect the activations of ``layer`` to the layers that add them; return those for the next layer."""
        if layer.pool > 1:
            m.submodules[f"pool_{layer.index}"] = pool = Pool(self._config, layer)
            wiring.connect(m, activations, pool.i)
            activations = pool.o
        for later in self._config.layers:
            if later.skip == layer.index:
                depth = self._config.skip_depth(later)
                m.submodules[f"skip_{later.index}"] = skip = QueuedBranch(self._config, layer.outputs, depth)
                wiring.connect(m, activations, skip.i)
                skips[later.index], activations = skip.branch, skip.o
        return activations

    def _passes(self, m: Module, control: Control, counts: wiring.PureInterface) -> PassUnit:
        """Connect the passes of the counts of the first layer, and return them."""
        m.submodules.pass_unit = passes = PassUnit(self._config)
        wiring.connect(m, counts, passes.i)
        m.d.comb += passes.passes.eq(control.passes)
        if self._config.passes_weighted:
            m.d.comb += [passes.started.eq(control.started), passes.exact.eq(control.exact)]
        if self._config.stochastic.mask_width:
            m.d.comb += [
                passes.load.eq(control.load[: self._config.stochastic.shared]),
                passes.seed.eq(control.seed),
                *(port.eq(code) for port, code in zip(passes.codes, control.codes, strict=True)),
            ]
        if self._config.stochastic.external:
            wiring.connect(m, wiring.flipped(self.entropy), passes.entropy)
        return passes

    def _reseed(self, m: Module, control: Control, layer: Layer, reseed: wiring.PureInterface) -> None:
        """Connect the seeds of the units that ``layer`` has for itself."""
        first = self._config.stochastic.first(layer)
        m.d.comb += [reseed.seed.eq(control.seed), reseed.load.eq(control.load[first : first + layer.units])]

    def _outputs(self, m: Module, control: Control, counts: wiring.PureInterface) -> None:
        """Connect the counts of the last layer to the logits and results."""
        config = self._config
        m.submodules.logit_unit = logits = LogitUnit(config, self._program)
        m.submodules.tee = tee = Tee(Logit(config))
        m.submodules.result_unit = results = ResultUnit(config)
        wiring.connect(m, counts, logits.i)
        wiring.connect(m, logits.o, tee.i)
        wiring.connect(m, tee.first, wiring.flipped(self.logits))
        wiring.connect(m, tee.second, results.i)
        wiring.connect(m, results.o, wiring.flipped(self.results))
        m.d.comb += [
            logits.write.eq(control.correction_write),
            logits.read.eq(control.correction_read),
            logits.index.eq(control.correction_index),
            logits.constants.eq(control.correction_constants),
            control.correction_stored.eq(logits.stored),
            control.done.eq(results.done),
            tee.only_second.eq(~control.send_logits),
        ]
        if config.measures is not None:
            m.d.comb += [results.measure.eq(control.measure), results.threshold.eq(control.threshold)]
