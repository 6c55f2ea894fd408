"""Proofs of the draws for weights."""

from collections.abc import Iterator

from amaranth import Cat, Module, Mux, Signal
from amaranth.hdl import Assert, Cover

from ...config import CoreConfig
from ...config.geometries import variant
from ...crossbar import WeightDraws
from ..bench import Bench
from ..claims import past
from ..internals import Internals
from ..proof import Method, Proof
from ..stochastic.lfsr import shifted

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.crossbar.WeightDraws`."""
    for sampling, generators in (("read", 1), ("read", 3), ("pass", 2)):
        drawn = {"sampling": sampling, "generators": generators}
        config = variant("drawn_tiles", f"drawn_{sampling}_{generators}", bayes=drawn)
        layer = config.layers[0]
        again = ", or from where the pass began" if layer.repeats else ""
        yield Proof(
            block="weight_draws",
            name=f"{sampling}_{generators}",
            claim=f"each register goes k shifts on with a step{again}, and its lowest k bits are the draw; a seed is "
            "loaded unless it is 0, into the registers that it is for; nothing moves otherwise",
            sizes=f"row tile 1: {layer.line_units} registers, {config.random.lfsr_width} stages, "
            f"k = {layer.weight_bits}",
            method=Method.INDUCTION,
            bench=lambda config=config: Bench(  # type: ignore[misc]
                WeightDraws(config, config.layers[0], 1), lambda m, dut, internals: _moves(config, m, dut, internals)
            ),
            fast=layer.repeats,
        )


def _moves(config: CoreConfig, m: Module, dut: WeightDraws, internals: Internals) -> None:
    layer = config.layers[0]
    random = config.random.model_copy(update={"draw_bits": layer.weight_bits})
    first = config.stochastic.first(layer) + layer.line_units
    loads = dut.reseed.load.any() & dut.reseed.seed.any()
    for unit, seed in enumerate(config.stochastic.seeds(config.random.seed)[first : first + layer.line_units]):
        state = Signal(random.lfsr_width, init=seed, name=f"state_{unit}")
        before = state
        if layer.repeats:
            began = Signal(random.lfsr_width, name=f"began_{unit}")
            with m.If(dut.step & dut.begin):
                m.d.sync += began.eq(state)
            before = Signal.like(state, name=f"before_{unit}")
            m.d.comb += before.eq(Mux(dut.again, began, state))
            kept = Cat(stage[unit] for stage in internals.signals("kept"))
            m.d.comb += Assert(kept == began)
        following = shifted(m, before, random)
        loaded = Mux(dut.reseed.load[unit], dut.reseed.seed, state)
        m.d.sync += state.eq(Mux(loads, loaded, Mux(dut.step, following, state)))
        m.d.comb += [
            Assert(Cat(plane[unit] for plane in dut.draws) == state[: layer.weight_bits]),
            # Inductive invariants.
            Assert(Cat(stage[unit] for stage in internals.signals("stage")) == state),
        ]
    m.d.comb += [Cover(past(m, dut.step) & ~loads), Cover(past(m, dut.reseed.load.all() & (dut.reseed.seed == 1)))]
    if layer.repeats:
        m.d.comb += Cover(past(m, dut.step & dut.again) & dut.step & dut.begin)
