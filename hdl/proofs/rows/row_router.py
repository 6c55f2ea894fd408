"""Proofs of the routing of row commands."""

from collections.abc import Iterator

from amaranth import Cat, Module
from amaranth.hdl import Assert, Cover

from ...config import CoreConfig
from ...config.geometries import geometry
from ...rows import RowRouter
from ..bench import Bench
from ..claims import assume_kept, implies, past, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.rows.RowRouter`."""
    for config in (geometry("padded_small"), geometry("tiny")):
        yield Proof(
            block="row_router",
            name=config.name,
            claim="from the cycle after it came until it is taken, a command is offered to the block that its address "
            "names and to no other, and the reply is that block's in the same cycle; where there is no such block it "
            "is an error in that cycle",
            sizes=f"`{config.name}`: {len(config.layers)} crossbars, {len(config.hidden_layers)} neurons",
            method=Method.INDUCTION,
            bench=lambda config=config: Bench(  # type: ignore[misc]
                RowRouter(config), lambda m, dut, internals: _ways(config, m, dut, internals)
            ),
        )


def _ways(config: CoreConfig, m: Module, dut: RowRouter, _: Internals) -> None:
    assume_kept(m, dut.command)
    # Whether the command was valid in the previous cycle.
    waited = past(m, dut.command.valid & ~dut.command.ready)
    address = dut.command.p.address
    ways = [*zip(dut.crossbar_command, dut.crossbar_reply, strict=True)]
    ways += [*zip(dut.neuron_command, dut.neuron_reply, strict=True)]
    chosen = []
    for index, (command, reply) in enumerate(ways):
        thresholds, layer = divmod(index, len(config.layers))
        this = (address.thresholds == thresholds) & (address.layer == layer)
        chosen.append(this)
        m.d.comb += [
            Assert(command.valid == (waited & this)),
            Assert(implies(command.valid, command.p.as_value() == dut.command.p.as_value())),
            Assert(implies(this, transferred(dut.command) == transferred(command))),
            Assert(implies(waited & this, (dut.reply.valid == reply.valid) & (reply.ready == dut.reply.ready))),
            Assert(implies(waited & this & reply.valid, dut.reply.p.as_value() == reply.p.as_value())),
            Assert(implies(~(waited & this), ~reply.ready)),
            Cover(this & transferred(dut.command) & transferred(dut.reply)),
        ]
    nowhere = ~Cat(chosen).any()
    m.d.comb += [
        Assert(implies(~waited, ~dut.reply.valid & ~dut.command.ready)),
        Assert(implies(waited & nowhere, dut.reply.valid & dut.reply.p.error & (dut.command.ready == dut.reply.ready))),
        Cover(nowhere & transferred(dut.reply)),
        # Two commands without a pause.
        Cover(transferred(dut.command) & past(m, dut.command.valid & past(m, transferred(dut.command)))),
    ]
