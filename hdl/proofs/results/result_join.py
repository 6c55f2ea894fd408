"""Proofs of the join of results."""

from collections.abc import Iterator

from amaranth import Module, Signal
from amaranth.hdl import Assert, Cover

from ...config import CoreConfig
from ...config.geometries import geometry
from ...results import ResultJoin
from ..bench import Bench
from ..claims import assume_kept, claim_kept, implies, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.results.ResultJoin`."""
    config = geometry("predictive_two_passes")
    measures = config.measures
    if measures is None:
        raise ValueError("the geometry must have predictive probabilities")
    yield Proof(
        block="result_join",
        name=config.name,
        claim="each pair of beats gives one result with the members of both, taken with it and with nothing else; the "
        "stream keeps valid and payload until taken",
        sizes=f"`{config.name}`",
        method=Method.INDUCTION,
        bench=lambda: Bench(ResultJoin(config, measures), lambda m, dut, internals: _joined(config, m, dut, internals)),
    )


def _joined(config: CoreConfig, m: Module, dut: ResultJoin, _: Internals) -> None:
    parts = (dut.statistics, dut.predictions)
    for part in parts:
        assume_kept(m, part)
        m.d.comb += Assert(transferred(part) == transferred(dut.o))
        for name in part.p.shape().members:
            m.d.comb += Assert(implies(dut.o.valid, dut.o.p[name] == part.p[name]))
    claim_kept(m, dut.o)
    last = Signal()
    m.d.comb += [
        last.eq(dut.o.p.index == config.network.classes - 1),
        Assert(dut.o.valid == (dut.statistics.valid & dut.predictions.valid)),
        Assert(dut.done == (transferred(dut.o) & last)),
        Cover(dut.done),
    ]
