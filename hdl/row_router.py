"""Row commands on their way to the blocks."""

from amaranth import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from .config import CoreConfig
from .layouts import RowCommand, RowReply

__all__ = ["RowRouter"]


class RowRouter(wiring.Component):
    """Hands each row command to the crossbar or the neurons of its layer, and the reply back.

    Combinational. A command for a layer that does not exist is answered with an error at once.

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

        for command in (*self.crossbar_command, *self.neuron_command):
            m.d.comb += command.payload.eq(self.command.payload)

        m.d.comb += [
            self.reply.valid.eq(self.command.valid),
            self.reply.p.error.eq(1),
            self.command.ready.eq(self.reply.ready),
        ]
        for thresholds, commands, replies in (
            (0, self.crossbar_command, self.crossbar_reply),
            (1, self.neuron_command, self.neuron_reply),
        ):
            for layer, (command, reply) in enumerate(zip(commands, replies, strict=True)):
                with m.If((address.thresholds == thresholds) & (address.layer == layer)):
                    m.d.comb += [
                        command.valid.eq(self.command.valid),
                        self.command.ready.eq(command.ready),
                        self.reply.valid.eq(reply.valid),
                        self.reply.payload.eq(reply.payload),
                        reply.ready.eq(self.reply.ready),
                    ]

        return m
