"""The whole core, as a list of connections."""

from amaranth import Module, Signal
from amaranth.lib import fifo, stream, wiring
from amaranth.lib.wiring import In, Out

from .config import CoreConfig, InputError, Layer
from .contract.program import Program
from .control.bus import BusReply, BusRequest
from .control.control import Control
from .crossbar.crossbar import Crossbar
from .crossbar.macro.macro_ports import MacroPorts, macro_name
from .inputs.flatten import Flatten
from .inputs.frame_buffer import FrameBuffer
from .inputs.line_driver import LineDriver
from .inputs.pixel_buffer import PixelBuffer
from .inputs.window_buffer import WindowBuffer
from .neurons.kinds import neuron_block
from .neurons.pool import Pool
from .neurons.residual import Residual
from .passes.frame_repeater import FrameRepeater
from .passes.mask_sequencer import MaskSequencer
from .passes.prefix_repeater import PrefixRepeater
from .passes.repeater import Repeater
from .passes.vector_repeater import VectorRepeater
from .results.logit_correction import LogitCorrection
from .results.logits import Logits
from .results.predictive.predictive import Predictive
from .results.result_join import ResultJoin
from .results.statistics import Statistics
from .rows.row_router import RowRouter
from .stochastic.self_test import SelfTest
from .stochastic.self_test_bank import SelfTestBank
from .stochastic.stochastic_unit import StochasticUnit
from .stochastic.watched_draw import WatchedDraw
from .streams.layouts import Activations, ClassStatistics, Logit, PixelBeat, Preactivation, Result
from .streams.tee import Tee

__all__ = ["Core"]


class Core(wiring.Component):
    """Pixels in; logits of every Monte-Carlo pass and statistics of every input out.

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
        Logits of every class in every pass, while the register `STREAMS` says so.
    results : :py:`Out(stream.Signature(Result(config)))`
        Statistics of every class of every input.
    request, answer : :py:`In(stream.Signature(BusRequest()))`, :py:`Out(stream.Signature(BusReply()))`
        Register port.
    entropy : :py:`In(stream.Signature(entropy_width))`
        Draws, where they come from outside.
    macro_<layer>_<row tile>_<column tile> : :py:`Out(MacroPorts(config, layer))`
        Each array, where they are macros.
    short_packet, long_packet : :py:`In(1)`
        The beats since the last complete input were too few or too many: they are dropped. Only while no pixels
        are taken.

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
        config, program = self._config, self._program

        m.submodules.control = control = Control(config, program, logits=self._logits)
        m.submodules.router = router = RowRouter(config)
        wiring.connect(m, wiring.flipped(self.request), control.request)
        wiring.connect(m, control.answer, wiring.flipped(self.answer))
        wiring.connect(m, control.command, router.command)
        wiring.connect(m, router.reply, control.reply)

        if config.passes_weighted:
            m.submodules.weights = pass_weights = fifo.SyncFIFOBuffered(
                width=config.pass_weight_width, depth=config.stochastic.masks + 1
            )
        watched: list[wiring.PureInterface] = []
        vectors = self._pixels(m, control)
        skips: dict[int, wiring.PureInterface] = {}
        for layer in config.layers:
            weights = None if program is None else program.weights[layer.index]
            crossbar = Crossbar(config, layer, weights=weights)
            m.submodules[f"crossbar_{layer.index}"] = crossbar
            wiring.connect(m, self._word_lines(m, layer, vectors), crossbar.i)
            wiring.connect(m, router.crossbar_command[layer.index], crossbar.command)
            wiring.connect(m, crossbar.reply, router.crossbar_reply[layer.index])
            counts = crossbar.o
            if config.macro is not None:
                for tile, macro in enumerate(crossbar.macros):
                    wiring.connect(m, macro, wiring.flipped(getattr(self, macro_name(layer, tile))))
            if layer.line_units:
                self._reseed(m, control, layer, crossbar.reseed)

            if config.passes_weighted and layer in config.hidden_layers:
                counts = self._share(m, control, layer, counts, pass_weights)
            elif layer.shared_by_passes:
                counts = self._repeat(m, control, counts)
            if layer.skip is not None:
                m.submodules[f"residual_{layer.index}"] = residual = Residual(config, layer)
                wiring.connect(m, counts, residual.i)
                wiring.connect(m, skips[layer.index], residual.skip)
                counts = residual.o
            if layer in config.hidden_layers:
                contents = None if program is None else program.neurons[layer.index]
                neuron = neuron_block(config, layer, contents)
                m.submodules[f"neuron_{layer.index}"] = neuron
                if layer.local is not None:
                    self._local_units(m, control, layer, neuron)
                    watched += neuron.watched if config.self_test is not None else []
                wiring.connect(m, counts, neuron.i)
                wiring.connect(m, router.neuron_command[layer.index], neuron.command)
                wiring.connect(m, neuron.reply, router.neuron_reply[layer.index])
                vectors = self._activations(m, layer, neuron.o, skips)

        if watched:
            self._test(m, control, watched)
        m.submodules.logits = logits = Logits(config)
        # Between the layers and the outputs, so that no layer waits for an output within one cycle.
        m.submodules.preactivations = waiting = fifo.SyncFIFO(width=Preactivation(config).size, depth=2)
        m.submodules.correction = correction = LogitCorrection(config, program)
        m.submodules.tee = tee = Tee(Logit(config))
        m.submodules.statistics = statistics = Statistics(config)
        wiring.connect(m, counts, logits.i)
        m.d.comb += [
            waiting.w_data.eq(logits.o.payload),
            waiting.w_en.eq(logits.o.valid),
            logits.o.ready.eq(waiting.w_rdy),
            correction.i.payload.eq(waiting.r_data),
            correction.i.valid.eq(waiting.r_rdy),
            waiting.r_en.eq(correction.i.ready),
        ]
        wiring.connect(m, correction.o, tee.i)
        wiring.connect(m, tee.first, wiring.flipped(self.logits))
        done = self._results(m, control, tee.second, statistics)
        m.d.comb += [
            correction.write.eq(control.correction_write),
            correction.read.eq(control.correction_read),
            correction.index.eq(control.correction_index),
            correction.constants.eq(control.correction_constants),
            control.correction_stored.eq(correction.stored),
            control.done.eq(done),
            tee.only_second.eq(~control.send_logits),
        ]

        return m

    def _results(self, m: Module, control: Control, logits: wiring.PureInterface, statistics: Statistics) -> Signal:
        """Connect what makes results of the logits; return what tells that the last of an input is being taken."""
        measures = self._config.measures
        if measures is None:
            wiring.connect(m, logits, statistics.i)
            wiring.connect(m, statistics.o, wiring.flipped(self.results))
            return statistics.done
        m.submodules.predictive_tee = tee = Tee(Logit(self._config))
        m.submodules.predictive = predictive = Predictive(
            measures, Logit(self._config), total_width=self._config.pass_weight_width
        )
        # Statistics are there first: they wait here, so that those of the next input can begin.
        part = ClassStatistics(self._config)
        m.submodules.summaries = waiting = fifo.SyncFIFOBuffered(width=part.size, depth=self._config.network.classes)
        m.submodules.join = join = ResultJoin(self._config, measures)
        wiring.connect(m, logits, tee.i)
        wiring.connect(m, tee.first, predictive.i)
        wiring.connect(m, tee.second, statistics.i)
        wiring.connect(m, predictive.o, join.predictions)
        wiring.connect(m, join.o, wiring.flipped(self.results))
        m.d.comb += [
            waiting.w_data.eq(statistics.o.payload),
            waiting.w_en.eq(statistics.o.valid),
            statistics.o.ready.eq(waiting.w_rdy),
            join.statistics.payload.eq(waiting.r_data),
            join.statistics.valid.eq(waiting.r_rdy),
            waiting.r_en.eq(join.statistics.ready),
            predictive.measure.eq(control.measure),
            predictive.threshold.eq(control.threshold),
        ]
        return join.done

    def _pixels(self, m: Module, control: Control) -> wiring.PureInterface:
        """Connect what collects the pixels; return the positions of images, or the word lines of whole inputs."""
        buffer: FrameBuffer | PixelBuffer
        if self._config.layers[0].window is None:
            m.submodules.pixel_buffer = buffer = PixelBuffer(self._config)
        else:
            m.submodules.frame_buffer = buffer = FrameBuffer(self._config)
        wiring.connect(m, wiring.flipped(self.pixels), buffer.i)
        m.d.comb += [
            buffer.enable.eq(control.enable),
            control.started.eq(buffer.started),
            buffer.discard.eq(self.short_packet | self.long_packet),
            control.short_packet.eq(self.short_packet),
            control.long_packet.eq(self.long_packet),
        ]
        if not self._config.bayes.scheme.draws_weights:
            return buffer.o
        # Every pass reads the input again.
        if isinstance(buffer, FrameBuffer):
            m.d.comb += buffer.passes.eq(control.passes)
            return buffer.o
        m.submodules.repeater = repeater = VectorRepeater(self._config)
        wiring.connect(m, buffer.o, repeater.i)
        m.d.comb += repeater.passes.eq(control.passes)
        return repeater.o

    def _word_lines(self, m: Module, layer: Layer, vectors: wiring.PureInterface) -> wiring.PureInterface:
        """Connect what makes word lines of the activations, or of the positions of a map, that come to ``layer``."""
        if layer.window is not None:
            m.submodules[f"window_buffer_{layer.index}"] = windows = WindowBuffer(self._config, layer)
            wiring.connect(m, vectors, windows.i)
            vectors = windows.o
        elif layer.index == 0:
            return vectors
        elif layer.flattened is not None:
            m.submodules[f"flatten_{layer.index}"] = flatten = Flatten(self._config, layer.flattened)
            wiring.connect(m, vectors, flatten.i)
            vectors = flatten.o
        m.submodules[f"line_driver_{layer.index}"] = line_driver = LineDriver(self._config, layer)
        wiring.connect(m, vectors, line_driver.i)
        return line_driver.o

    def _activations(
        self, m: Module, layer: Layer, activations: wiring.PureInterface, skips: dict[int, wiring.PureInterface]
    ) -> wiring.PureInterface:
        """Connect the way from the neurons of ``layer`` to the next layer, and to those that add its activations."""
        if layer.pool > 1:
            m.submodules[f"pool_{layer.index}"] = pool = Pool(self._config, layer)
            wiring.connect(m, activations, pool.i)
            activations = pool.o
        for later in self._config.layers:
            if later.skip == layer.index:
                m.submodules[f"tee_{later.index}"] = tee = Tee(Activations(self._config, layer.outputs))
                depth = self._config.skip_depth(later)
                m.submodules[f"skip_{later.index}"] = queue = fifo.SyncFIFOBuffered(width=layer.outputs, depth=depth)
                wiring.connect(m, activations, tee.i)
                m.d.comb += [
                    queue.w_data.eq(tee.first.p.bits),
                    queue.w_en.eq(tee.first.valid),
                    tee.first.ready.eq(queue.w_rdy),
                ]
                skips[later.index] = queue.r_stream
                activations = tee.second
        return activations

    def _local_units(self, m: Module, control: Control, layer: Layer, neuron: wiring.Component) -> None:
        """Connect the stochastic units of one layer to the registers."""
        self._reseed(m, control, layer, neuron.reseed)
        if control.codes:
            m.d.comb += neuron.code.eq(control.codes[layer.index])

    def _reseed(self, m: Module, control: Control, layer: Layer, reseed: wiring.PureInterface) -> None:
        """Connect the seeds of the units that ``layer`` has for itself."""
        first = self._config.stochastic.first(layer)
        m.d.comb += reseed.seed.eq(control.seed)
        m.d.comb += [load.eq(control.load & (control.unit == first + u)) for u, load in enumerate(reseed.load)]

    def _repeat(self, m: Module, control: Control, counts: wiring.PureInterface) -> wiring.PureInterface:
        """Connect what turns the counts of an input into those of its passes."""
        repeater: FrameRepeater | Repeater
        kind = FrameRepeater if self._config.layers[0].vectors > 1 else Repeater
        m.submodules.repeater = repeater = kind(self._config)
        wiring.connect(m, counts, repeater.i)
        m.d.comb += repeater.passes.eq(control.passes)
        if self._config.stochastic.mask_width:
            self._draw(m, control, repeater)
        return repeater.o

    def _share(
        self, m: Module, control: Control, layer: Layer, counts: wiring.PureInterface, weights: fifo.SyncFIFOBuffered
    ) -> wiring.PureInterface:
        """Connect what turns the counts of a prefix of masks into those of each prefix one layer longer.

        The ``weights`` of the passes wait for the last hidden layer.
        """
        config = self._config
        m.submodules[f"repeater_{layer.index}"] = repeater = PrefixRepeater(config, layer)
        wiring.connect(m, counts, repeater.i)
        if layer.index == 0:
            m.submodules.sequencer = sequencer = MaskSequencer(config)
            self._draw(m, control, sequencer)
            wiring.connect(m, sequencer.o, repeater.present)
            m.d.comb += [
                sequencer.started.eq(control.started),
                sequencer.passes.eq(control.passes),
                sequencer.exact.eq(control.exact),
                *(code.eq(register) for code, register in zip(sequencer.codes, control.codes, strict=True)),
                weights.w_data.eq(sequencer.weights.payload),
                weights.w_en.eq(sequencer.weights.valid),
                sequencer.weights.ready.eq(weights.w_rdy),
            ]
        if layer == config.hidden_layers[-1]:
            wiring.connect(m, weights.r_stream, repeater.weights)
        return repeater.o

    def _draw(self, m: Module, control: Control, reader: wiring.Component) -> None:
        """Connect the stochastic unit to who wants its masks."""
        m.submodules.stochastic_unit = unit = StochasticUnit(self._config)
        wiring.connect(m, unit.o, reader.mask)
        m.d.comb += [
            unit.demand.eq(reader.demand),
            *(load.eq(control.load & (control.unit == u)) for u, load in enumerate(unit.load)),
            unit.seed.eq(control.seed),
            *(code.eq(register) for code, register in zip(unit.codes, control.codes, strict=True)),
        ]
        if self._config.stochastic.external:
            wiring.connect(m, wiring.flipped(self.entropy), unit.entropy)
        if self._config.self_test is not None:
            self._test(m, control, unit.watched)

    def _test(self, m: Module, control: Control, units: list[wiring.PureInterface]) -> None:
        """Connect what watches the draws of the units."""
        self_test: SelfTest | SelfTestBank
        if len(units) == 1:
            m.submodules.self_test = self_test = SelfTest(self._config)
        else:
            m.submodules.self_test = self_test = SelfTestBank(self._config)
        for unit, sink in zip(units, self_test.units, strict=True):
            for name in WatchedDraw(self._config).members:
                m.d.comb += getattr(sink, name).eq(getattr(unit, name))
        for name, member in control.self_test.signature.members.items():
            inner, outer = getattr(self_test, name), getattr(control.self_test, name)
            m.d.comb += inner.eq(outer) if member.flow is Out else outer.eq(inner)
