"""Proofs of predictive probabilities as a whole."""

from collections.abc import Iterator

from amaranth import Module, Mux, Signal
from amaranth.hdl import Assert, Assume, Cover

from ..config import CoreConfig
from ..layouts import Logit
from ..predictive import Predictive
from .bench import Bench
from .claims import assume_kept, claim_kept, implies, past, transferred
from .geometries import predictive
from .internals import Internals
from .proof import Method, Proof

__all__ = ["proofs"]

#: Cycles beyond the first result.
_AFTER = 8


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.predictive.Predictive`."""
    config = predictive()
    dut = _block(config)
    classes = config.network.classes
    latency = classes + dut.latency
    yield Proof(
        block="predictive",
        name=config.name,
        claim="each input gives as many beats as classes, and none before its last logit was taken; the measures are "
        "the same in all of them; the stream keeps valid and payload until taken",
        sizes=f"`{config.name}`: {classes} classes, logits of {config.logits.width} bits, any number of passes up to "
        f"{config.bayes.max_passes}",
        method=Method.BOUNDED,
        depth=latency + _AFTER,
        cover_depth=latency + classes + 2,
        reason="the first input is through; what follows is left to the tests",
        bench=lambda: Bench(_block(config), lambda m, dut, internals: _results(config, m, dut, internals)),
        fast=False,
    )


def _block(config: CoreConfig) -> Predictive:
    if config.measures is None:
        raise ValueError("the geometry must have predictive probabilities")
    return Predictive(config.measures, Logit(config), total_width=config.passes_width)


def _results(config: CoreConfig, m: Module, dut: Predictive, _: Internals) -> None:
    classes, most = config.network.classes, config.bayes.max_passes
    assume_kept(m, dut.i)
    claim_kept(m, dut.o)
    expected, passed = Signal(range(classes)), Signal(range(max(2, most)))
    final = expected == classes - 1
    last = Signal()
    m.d.comb += [
        Assume(dut.i.p.index == expected),
        Assume(implies(expected != 0, dut.i.p.last == last)),
        Assume(implies(passed == most - 1, dut.i.p.last)),
        Assume(dut.threshold == past(m, dut.threshold)),
        Assume(dut.measure == past(m, dut.measure)),
    ]
    # Inputs that were taken whole and not yet given out.
    waiting, given = Signal(range(2 * classes + 8)), Signal(range(classes))
    ends = transferred(dut.i) & final & dut.i.p.last
    done = transferred(dut.o) & (given == classes - 1)
    m.d.sync += waiting.eq(waiting + ends - done)
    with m.If(transferred(dut.i)):
        m.d.sync += [last.eq(dut.i.p.last), expected.eq(Mux(final, 0, expected + 1))]
        with m.If(final):
            m.d.sync += passed.eq(Mux(dut.i.p.last, 0, passed + 1))
    first = Signal(dut.o.p.shape())
    with m.If(transferred(dut.o)):
        m.d.sync += given.eq(Mux(done, 0, given + 1))
        with m.If(given == 0):
            m.d.sync += first.eq(dut.o.p)
    beat = dut.o.p
    m.d.comb += [Assert(implies(dut.o.valid, waiting != 0)), Cover(done)]
    for name in ("predictive_entropy", "expected_entropy", "mutual_information", "unknown"):
        m.d.comb += Assert(implies(dut.o.valid & (given != 0), beat[name] == first[name]))
