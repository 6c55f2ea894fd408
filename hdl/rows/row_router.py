"""Distribution of row commands to the blocks."""

import functools
import operator

from amaranth import Cat, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..streams import RowCommand, RowReply

__all__ = ["RowRouter"]


class RowRouter(wiring.Component):
    """Router of row commands and their replies.

    Each command goes to the crossbar or the neurons of its layer.
    It is offered to its block in the cycle after it came; all else is combinational. Where there
    is no such block, it is answered with an error in that cycle.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.

    Members
    -------
    command : :py:`In(stream.Signature(RowCommand(config)))`
        Commands, each taken when its reply is.
    reply : :py:`Out(stream.Signature(RowReply(config)))`
        Replies in the order of their commands.
    crossbar_command, crossbar_reply
        The same towards each layer's crossbar.
    neuron_command, neuron_reply
        The same towards each hidden layer's neurons.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        command = stream.Signature(RowCommand(config))
        reply = stream.Signature(RowReply(config))
        super().__init__(
            {
                "command": In(command),
                "reply": Out(reply),
                "crossbar_command": Out(command).array(len(config.layers)),
                "crossbar_reply": In(reply).array(len(config.layers)),
                "neuron_command": Out(command).array(len(config.hidden_layers)),
                "neuron_reply": In(reply).array(len(config.hidden_layers)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        address = self.command.p.address
        ways = [*zip(self.crossbar_command, self.crossbar_reply, strict=True)]
        ways += [*zip(self.neuron_command, self.neuron_reply, strict=True)]
        places = [(0, layer) for layer in range(len(self.crossbar_command))]
        places += [(1, layer) for layer in range(len(self.neuron_command))]

        # High fan-out to the cells of a block: registered, one for each block and one for none.
        asks = Signal()
        here = Cat((address.thresholds == thresholds) & (address.layer == layer) for thresholds, layer in places)
        if self._config.macro is not None:
            # Neurons have no calibration.
            here = here & ~(self.command.p.calibrate & address.thresholds).replicate(len(here))
        asked = Signal(len(ways))
        nowhere = Signal()
        m.d.comb += asks.eq(self.command.valid & ~self.command.ready)
        m.d.sync += [asked.eq(Mux(asks, here, 0)), nowhere.eq(asks & ~here.any())]

        answers, taken, rows, errors = [nowhere], [nowhere & self.reply.ready], [], [nowhere]
        for chosen, (command, reply) in zip(asked, ways, strict=True):
            m.d.comb += [
                command.payload.eq(self.command.payload),
                command.valid.eq(chosen),
                reply.ready.eq(chosen & self.reply.ready),
            ]
            answers.append(chosen & reply.valid)
            taken.append(chosen & command.ready)
            rows.append(chosen.replicate(len(reply.p.row)) & reply.p.row)
            errors.append(chosen & reply.p.error)
        m.d.comb += [
            self.reply.valid.eq(Cat(answers).any()),
            self.command.ready.eq(Cat(taken).any()),
            self.reply.p.row.eq(functools.reduce(operator.or_, rows)),
            self.reply.p.error.eq(Cat(errors).any()),
        ]
        if self._config.macro is not None:
            for name in ("pulses", "failed"):
                found = [
                    getattr(reply.p, name) & chosen.replicate(len(getattr(reply.p, name)))
                    for chosen, (_, reply) in zip(asked, ways, strict=True)
                ]
                m.d.comb += getattr(self.reply.p, name).eq(functools.reduce(operator.or_, found))

        return m
