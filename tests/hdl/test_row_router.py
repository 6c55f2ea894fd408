import random

from hdl.layouts import RowAddress
from hdl.row_router import RowRouter
from hdl.testing import plain, simulate

from .configurations import each_configuration


@each_configuration
def test_connects_each_layer(config):
    """Combinational, so each combination of handshakes is looked at on its own."""
    rng = random.Random(config.name)
    dut = RowRouter(config)
    layout = RowAddress(config)
    blocks = {
        (0, index): (dut.crossbar_command[index], dut.crossbar_reply[index]) for index in range(len(config.layers))
    }
    blocks |= {
        (1, index): (dut.neuron_command[index], dut.neuron_reply[index]) for index in range(len(config.hidden_layers))
    }
    reached = set()
    missing = 0

    async def testbench(ctx):
        nonlocal missing
        for _ in range(60 * len(blocks)):
            command = {
                "address": {name: rng.getrandbits(field.width) for name, field in layout},
                "write": rng.getrandbits(1),
                "row": rng.getrandbits(config.array.cols),
            }
            valid, taken = rng.getrandbits(1), rng.getrandbits(1)
            ctx.set(dut.command.payload, command)
            ctx.set(dut.command.valid, valid)
            ctx.set(dut.reply.ready, taken)
            replies = {}
            for place, (port, reply) in blocks.items():
                replies[place] = {"row": rng.getrandbits(config.array.cols), "error": rng.getrandbits(1)}
                ctx.set(reply.payload, replies[place])
                ctx.set(reply.valid, rng.getrandbits(1))
                ctx.set(port.ready, rng.getrandbits(1))

            target = command["address"]["thresholds"], command["address"]["layer"]
            for place, (port, reply) in blocks.items():
                chosen = place == target
                assert ctx.get(port.valid) == (valid and chosen)
                assert ctx.get(reply.ready) == (taken and chosen)
                if chosen:
                    assert plain(ctx.get(port.payload)) == command
            if target in blocks:
                port, reply = blocks[target]
                assert ctx.get(dut.command.ready) == ctx.get(port.ready)
                assert ctx.get(dut.reply.valid) == ctx.get(reply.valid)
                assert plain(ctx.get(dut.reply.payload)) == replies[target]
                reached.add(target)
            else:
                # An error at once.
                assert ctx.get(dut.command.ready) == taken
                assert ctx.get(dut.reply.valid) == valid
                assert ctx.get(dut.reply.p.error) == 1
                missing += 1

    simulate(dut, testbench)
    assert reached == blocks.keys()
    # At least the last layer has no neurons.
    assert missing > 0
