"""Proofs of activation dropout."""

from collections.abc import Iterator

from amaranth import Module, Mux, Signal
from amaranth.hdl import Assert, Cover

from ...config import CoreConfig, Layer
from ...config.geometries import variant
from ...neurons import ActivationDropout
from ..bench import Bench
from ..claims import assume_kept, claim_kept, implies, transferred
from ..internals import Internals
from ..proof import Method, Proof
from ..stochastic.local_units import DrawnValues

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.neurons.ActivationDropout`."""
    for method, maps in (("spatial-dropout", False), ("spatial-dropout", True), ("spin-dropout", True)):
        shape = "maps" if maps else "vectors"
        base = "channels_of_maps" if maps else "channels"
        config = variant(base, f"{method.partition('-')[0]}_{shape}", bayes={"method": method})
        layer = config.layers[0]
        yield Proof(
            block="activation_dropout",
            name=config.name,
            claim="each vector leaves as it came but for bits that are 0 where the draw of their channel is below the "
            "code; a drawing is for one vector, or for all of a pass; none begins before a vector is there or coming; "
            "the stream keeps valid and payload until taken or reseeded",
            sizes=f"`{method}`, {layer.vectors} vectors in a pass, {layer.outputs} channels, 2 units",
            method=Method.INDUCTION,
            bench=lambda config=config, layer=layer: Bench(  # type: ignore[misc]
                ActivationDropout(config, layer), lambda m, dut, internals: _dropout(config, layer, m, dut, internals)
            ),
        )


def _dropout(config: CoreConfig, layer: Layer, m: Module, dut: ActivationDropout, internals: Internals) -> None:
    if layer.local is None:
        raise ValueError(f"layer must have local units, not {layer!r}")
    vectors = layer.vectors // layer.local.drawings
    assume_kept(m, dut.i)
    place = Signal(range(vectors + 1))
    last = place == vectors - 1
    taken = transferred(dut.o)
    demand = dut.i.valid | dut.coming
    model = DrawnValues(m, config, layer, internals["units"], demand=demand, taken=taken & last, reseed=dut.reseed)
    claim_kept(m, dut.o, withdrawn=model.reseeded)
    kept = model.plane(0, [draw >= dut.code for draw in model.drawn])
    with m.If(taken):
        m.d.sync += place.eq(Mux(last, 0, place + 1))
    m.d.comb += [
        Assert(dut.o.valid == (dut.i.valid & model.there)),
        Assert(dut.i.ready == (dut.o.ready & model.there)),
        Assert(implies(dut.o.valid, dut.o.p.bits == dut.i.p.bits & kept)),
        Assert(dut.o.p.tag.as_value() == dut.i.p.tag.as_value()),
        # Inductive invariants.
        Assert(place < vectors),
        Cover(taken & dut.i.p.bits.all() & (dut.o.p.bits == 0)),
        Cover(taken & last & dut.o.p.bits.all()),
    ]
    if vectors > 1:
        m.d.comb += Assert(internals.signal("index") == place)
