"""Proofs of the local stochastic units."""

from collections.abc import Iterator, Sequence
from typing import Any

from amaranth import Module, Mux, Signal, Value
from amaranth.hdl import Assert, Cover

from ...config import CoreConfig, Layer
from ...config.geometries import variant
from ...stochastic import LocalStochasticUnits
from ...streams import index_width
from ..bench import Bench
from ..claims import claim_kept, implies, transferred
from ..internals import Internals
from ..proof import Method, Proof
from .lfsr import shifted

__all__ = ["DrawnValues", "proofs"]

#: Bits of a value: more than one plane.
_WIDTH = 2


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.stochastic.LocalStochasticUnits`."""
    for units, index in ((1, 0), (2, 0), (3, 1)):
        config = variant("channels", f"channels_{units}", random={"units": units})
        layer = config.layers[index]
        if layer.local is None:
            raise ValueError(f"layer must have local units, not {layer!r}")
        yield Proof(
            block="local_units",
            name=f"units_{layer.local.units}",
            claim="channel c gets the value of unit c mod units in step c div units; units draw in order, each its own "
            "sequence, all together and only when values are wanted; the stream keeps valid and payload until taken or "
            "reseeded",
            sizes=f"{layer.outputs} channels, {layer.local.units} units, {config.random.lfsr_width} stages, "
            f"k = {config.random.draw_bits}",
            method=Method.INDUCTION,
            bench=lambda config=config, layer=layer: Bench(  # type: ignore[misc]
                LocalStochasticUnits(config, layer, _WIDTH),
                lambda m, dut, internals: _units(config, layer, m, dut, internals),
            ),
        )


class DrawnValues:
    """Reference of the local units.

    A register for each unit, the number of steps drawn, and the values so far.

    Parameters
    ----------
    m
        Module of the bench.
    config, layer
        Geometry.
    internals
        Internals of the units.
    demand, taken
        Whether values are requested now, and whether valid ones are taken.
    reseed
        Port of the units.
    """

    def __init__(
        self,
        m: Module,
        config: CoreConfig,
        layer: Layer,
        internals: Internals,
        *,
        demand: Value,
        taken: Value,
        reseed: Any,
    ):
        if layer.local is None:
            raise ValueError(f"layer must have local units, not {layer!r}")
        self._m = m
        self._internals = internals
        self._local = local = layer.local
        self.reseeded = reseed.load.any() & reseed.seed.any()
        self.count = Signal(range(local.steps + 1), name="steps_drawn")
        self.draws = Signal(name="draws_now")
        self.drawn: list[Value] = []
        """Present draw of each unit."""
        m.d.comb += self.draws.eq(demand & (self.count != local.steps) & ~self.reseeded)
        with m.If(self.reseeded):
            m.d.sync += self.count.eq(0)
        with m.Else():
            m.d.sync += self.count.eq(Mux(self.draws, self.count + 1, Mux(taken, 0, self.count)))
        first = config.stochastic.first(layer)
        for unit, seed in enumerate(config.stochastic.seeds(config.random.seed)[first : first + local.units]):
            state = Signal(config.random.lfsr_width, init=seed, name=f"state_{unit}")
            following = shifted(m, state, config.random)
            with m.If(self.reseeded & reseed.load[unit]):
                m.d.sync += state.eq(reseed.seed)
            with m.Elif(self.draws):
                m.d.sync += state.eq(following)
            self.drawn.append(following[: config.random.draw_bits])
            # Inductive invariants.
            m.d.comb += Assert(internals[f"lfsr_{unit}"].signal("state") == state)
        index = Mux(self.count == local.steps, 0, self.count)[: index_width(local.steps)]
        m.d.comb += [
            Assert(internals.signal("index") == index),
            Assert(internals.signal("drawn__valid") == self.there),
            Assert(self.count <= local.steps),
        ]

    @property
    def there(self) -> Value:
        """Whether all values were drawn."""
        return self.count == self._local.steps

    def plane(self, index: int, values: Sequence[Value]) -> Value:
        """Return bit ``index`` of the value of each channel; ``values`` are the units' present values."""
        local, m = self._local, self._m
        kept = Signal(local.steps * local.units, name=f"kept_{index}")
        held = self._internals.signal(f"held_{index}")
        for step in range(local.steps):
            at = step * local.units
            with m.If(self.draws & (self.count == step)):
                m.d.sync += [kept[at + unit].eq(value) for unit, value in enumerate(values)]
            # Inductive invariant: the values move down as others enter above.
            for count in range(step + 1, local.steps + 1):
                place = (local.steps - count + step) * local.units
                same = held[place : place + local.units] == kept[at : at + local.units]
                m.d.comb += Assert(implies(self.count == count, same))
        return kept[: local.channels]


def _units(config: CoreConfig, layer: Layer, m: Module, dut: LocalStochasticUnits, internals: Internals) -> None:
    taken = transferred(dut.drawn)
    model = DrawnValues(m, config, layer, internals, demand=dut.demand, taken=taken, reseed=dut.reseed)
    claim_kept(m, dut.drawn, withdrawn=model.reseeded)
    m.d.comb += [
        Assert(dut.drawn.valid == model.there),
        *(Assert(draw == drawn) for draw, drawn in zip(dut.draws, model.drawn, strict=True)),
        Cover(taken & (dut.drawn.payload[0] == 0)),
        Cover(taken & dut.drawn.payload[0].all()),
        Cover(model.reseeded & (model.count != 0)),
    ]
    for index, values in enumerate(dut.values):
        plane = model.plane(index, list(values))
        m.d.comb += Assert(implies(dut.drawn.valid, dut.drawn.payload[index] == plane))
