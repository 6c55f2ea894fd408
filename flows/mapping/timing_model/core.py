"""Clock cycles of the core, without simulation."""

import dataclasses
from fractions import Fraction

from hdl.config import CoreConfig, InputError, Layer

from ...base.bounds import check_passes
from .block import Block, Consumer, Timed, repeat
from .crossbar import Crossbar
from .flatten import Flatten
from .frame_buffer import FrameBuffer, FrameReads
from .frame_repeater import FrameReader, FrameRepeater
from .logit_correction import LogitCorrection
from .logits import Logits
from .neurons import neurons
from .pixel_buffer import PixelBuffer
from .pool import Pool
from .predictive import Predictive, Summaries
from .queue import Queue
from .register import Register
from .repeater import Repeater
from .residual import Residual
from .sink import Sink
from .skip_queue import SkipQueue
from .statistics import Statistics
from .tee import Tee
from .window_buffer import WindowBuffer

__all__ = ["CycleCount", "cycles_of_further_input", "predict"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class CycleCount:
    """Clock cycles of some inputs."""

    cycles: int
    """Cycles from that in which the first beat is taken to that in which the last result is taken, inclusive."""

    cycles_per_input: Fraction | None
    """Cycles of each further input in the long run; None where the inputs are too few to determine them."""


def predict(config: CoreConfig, *, inputs: int, passes: int, axi: bool = False) -> CycleCount:
    """Return when ``inputs`` have gone through the core, exactly.

    A beat is always offered and a result is always taken. No register or row is accessed meanwhile.

    Parameters
    ----------
    config
        Geometry and choices.
    inputs
        Number of inputs, one right after the other.
    passes
        Monte-Carlo passes T.
    axi
        Whether at the ports of the exported core; otherwise at the streams of :class:`hdl.core.Core`.

    Raises
    ------
    InputError
        There are no inputs, more passes than the core has, or their order is not the plain one.
    """
    if config.passes_weighted:
        raise InputError(f"bayes.order must be 'plain' to predict clock cycles, not {config.bayes.order!r}")
    if inputs < 1:
        raise InputError(f"inputs must be at least 1, not {inputs!r}")
    check_passes(config, passes)
    sink = Sink()
    source = _Source(config, _Assembly(config, sink, passes, axi=axi))
    period = repeat(source.blocks, inputs, source.send)
    per_input = None if period is None else Fraction(period.cycles, period.times)
    return CycleCount(cycles=sink.taken + 1, cycles_per_input=per_input)


class _Assembly:
    """Blocks of a core, connected as in :class:`hdl.core.Core`.

    They are built from the results backwards. Logits without backpressure pass their tee without delay.
    """

    def __init__(self, config: CoreConfig, sink: Sink, passes: int, *, axi: bool):
        self.blocks: list[Timed] = [sink]
        self._config = config
        self._passes = passes
        self._skips: dict[int, SkipQueue] = {}
        results: Consumer = self._add(Register(sink)) if axi else sink
        queue = self._add(Queue(self._add(LogitCorrection(self._results(results)))))
        o: Consumer = self._add(Logits(config.layers[-1], queue))
        for layer in reversed(config.layers):
            if layer is not config.layers[-1]:
                o = self._neurons(layer, o)
            if layer.skip is not None:
                self._skips[layer.index] = skip = SkipQueue(config.skip_depth(layer))
                self.blocks.append(skip)
                o = Residual(layer, skip, o)
            if layer.shared_by_passes:
                o = self._repeater(layer, o)
            o = self._add(Crossbar(config, layer, o))
            if layer.window is not None:
                o = self._add(WindowBuffer(layer.window, o))
            elif layer.flattened is not None:
                o = self._add(Flatten(layer.flattened.positions, o))
        self.pixels = self._add(self._buffer(o))
        if axi:
            self.pixels = self._add(Register(self.pixels))

    def _results(self, o: Consumer) -> Consumer:
        """Return the consumer of logits."""
        classes, measures = self._config.network.classes, self._config.measures
        if measures is None:
            return self._add(Statistics(classes, o))
        summaries = Summaries(classes)
        statistics = self._add(Statistics(classes, summaries))
        predictive = Predictive(measures, summaries.queue, o)
        self.blocks += predictive.queues
        return Tee(statistics, self._add(predictive))

    def _add(self, block: Block) -> Block:
        self.blocks.append(block)
        return block

    def _neurons(self, layer: Layer, o: Consumer) -> Consumer:
        for later in reversed(self._config.layers):
            if later.skip == layer.index:
                o = Tee(self._skips[later.index], o)
        if layer.pool > 1 and layer.window is not None:
            o = self._add(Pool(layer.window.width, o))
        block, *parts = neurons(self._config, layer, o)
        self.blocks += parts
        return self._add(block)

    def _buffer(self, o: Consumer) -> Block:
        """Return the buffer of pixels; where weights are drawn every pass reads them again."""
        first, after = self._config.layers[0], tuple(self.blocks)
        passes = 1 if first.shared_by_passes else self._passes
        if first.window is None:
            return PixelBuffer(self._config, o if first.shared_by_passes else self._add(Repeater(0, passes, o, after)))
        reader = FrameReads(first.window.source.positions, o)
        self.blocks.append(reader)
        return FrameBuffer(self._config, reader, passes, after)

    def _repeater(self, layer: Layer, o: Consumer) -> Consumer:
        draws, after = self._config.stochastic.mask_steps, tuple(self.blocks)
        if layer.beats == 1:
            return self._add(Repeater(draws, self._passes, o, after))
        reader = FrameReader(layer.beats, draws, o)
        self.blocks.append(reader)
        return self._add(FrameRepeater(reader, layer.beats, self._passes, after))


#: Inputs after which a core has become periodic. Equal periods take no time to compute.
_MANY = 1_000


def cycles_of_further_input(config: CoreConfig, *, passes: int) -> float:
    """Return the clock cycles of each further input in the long run, at the ports of the exported core.

    Raises
    ------
    InputError
        As in :func:`predict`.
    """
    found = predict(config, inputs=_MANY, passes=passes, axi=True)
    return found.cycles / _MANY if found.cycles_per_input is None else float(found.cycles_per_input)


class _Source(Timed):
    """Source of consecutive beats."""

    def __init__(self, config: CoreConfig, core: _Assembly):
        self._beats = config.beats_per_input
        self._o = core.pixels
        self.blocks: list[Timed] = [*core.blocks, self]

    def send(self) -> int:
        """Send an input; return the cycle after its last beat."""
        for _ in range(self._beats):
            self.free = self._o.offer(self.free, False) + 1
        return self.free
