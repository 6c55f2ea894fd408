"""Draws for the weights of one row tile."""

import functools
import operator

from amaranth import Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from ..stochastic import Reseed

__all__ = ["WeightDraws"]


class WeightDraws(wiring.Component):
    """Parallel shift registers that draw in each read.

    There is one for each line of a read and generator. A register is a lane: stage i of all of them is one word.
    ``golden.draws`` gives the same sequences. The draws are valid one cycle after ``step`` and stay until the next; one
    step a cycle.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    layer : :class:`Layer`
        A layer whose weights are drawn.
    row_tile : :class:`int`
        Row tile: determines the seeds.

    Members
    -------
    step : :py:`In(1)`
        Advance to the next draws.
    begin : :py:`In(1)`
        With ``step``: a pass begins, or the draws of a vector. Only where ``layer.replays``.
    again : :py:`In(1)`
        With ``step``: replay the draws from there on. Only where ``layer.replays``.
    draws : :py:`Out(line_units).array(weight_bits)`
        Planes of the draws: bit ``line * generators + g`` of plane ``i`` is bit ``i`` of generator ``g`` of a line.
    reseed : :py:`In(Reseed(random, line_units))`
        Seeds. Nothing is drawn in the cycle of a load.
    """

    def __init__(self, config: CoreConfig, layer: Layer, row_tile: int):
        if layer.sampling is None:
            raise ValueError(f"WeightDraws layer must draw its weights, not {layer!r}")
        if row_tile not in range(layer.row_tiles):
            raise ValueError(f"WeightDraws row_tile must be between 0 and {layer.row_tiles - 1}, not {row_tile!r}")
        self._random = config.random
        self._bits = layer.weight_bits
        self._replays = layer.replays
        first = config.stochastic.first(layer) + row_tile * layer.line_units
        self._seeds = config.stochastic.seeds(config.random.seed)[first : first + layer.line_units]
        optional = {"begin": In(1), "again": In(1)} if layer.replays else {}
        super().__init__(
            {
                "step": In(1),
                **optional,
                "draws": Out(layer.line_units).array(layer.weight_bits),
                "reseed": In(Reseed(config.random, layer.line_units)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        units = len(self._seeds)
        inits = [
            sum((seed >> stage & 1) << unit for unit, seed in enumerate(self._seeds))
            for stage in range(self._random.lfsr_width)
        ]
        stages = [Signal(units, init=init, name=f"stage_{index}") for index, init in enumerate(inits)]
        m.d.comb += [plane.eq(stage) for plane, stage in zip(self.draws, stages, strict=False)]

        before: list[Value] = [*stages]
        if self._replays:
            kept = [Signal(units, name=f"kept_{index}") for index in range(len(stages))]
            with m.If(self.step & self.begin):
                m.d.sync += [each.eq(stage) for each, stage in zip(kept, stages, strict=True)]
            before = [Mux(self.again, each, stage) for each, stage in zip(kept, stages, strict=True)]

        # A shift moves whole words: only the new word is computed.
        for _ in range(self._bits):
            feedback = functools.reduce(operator.xor, (before[stage - 1] for stage in self._random.taps))
            shifted = Signal(units)
            m.d.comb += shifted.eq(feedback)
            before = [shifted, *before[:-1]]
        load, seed = self.reseed.load, self.reseed.seed
        with m.If(load.any() & seed.any()):
            for stage, bit in zip(stages, seed, strict=True):
                m.d.sync += stage.eq(Mux(bit, stage | load, stage & ~load))
        with m.Elif(self.step):
            m.d.sync += [stage.eq(following) for stage, following in zip(stages, before, strict=True)]

        return m
