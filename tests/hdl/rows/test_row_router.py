import random

from hdl.rows import RowRouter
from hdl.streams import RowAddress
from hdl.testing import plain, simulate

from ..configurations import each_configuration


@each_configuration
def test_connects_each_layer(config):
    """Each command is with its block in the next cycle and until it is taken; handshakes are passed on at once."""
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
        for _ in range(30 * len(blocks)):
            command = {
                "address": {name: rng.getrandbits(field.width) for name, field in layout},
                "write": rng.getrandbits(1),
                "row": rng.getrandbits(config.array.cols),
            }
            target = command["address"]["thresholds"], command["address"]["layer"]
            ctx.set(dut.command.payload, command)
            ctx.set(dut.command.valid, 1)
            asked = taken = False
            while not taken:
                accepted = rng.getrandbits(1)
                ctx.set(dut.reply.ready, accepted)
                replies = {}
                for place, (port, reply) in blocks.items():
                    replies[place] = {"row": rng.getrandbits(config.array.cols), "error": rng.getrandbits(1)}
                    ctx.set(reply.payload, replies[place])
                    ctx.set(reply.valid, rng.getrandbits(1))
                    ctx.set(port.ready, rng.getrandbits(1))

                for place, (port, reply) in blocks.items():
                    chosen = asked and place == target
                    assert ctx.get(port.valid) == chosen
                    assert ctx.get(reply.ready) == (accepted and chosen)
                    assert plain(ctx.get(port.payload)) == command
                taken = ctx.get(dut.command.ready)
                if not asked:
                    assert not taken
                    assert not ctx.get(dut.reply.valid)
                elif target in blocks:
                    port, reply = blocks[target]
                    assert taken == ctx.get(port.ready)
                    assert ctx.get(dut.reply.valid) == ctx.get(reply.valid)
                    assert not ctx.get(reply.valid) or plain(ctx.get(dut.reply.payload)) == replies[target]
                    reached.add(target)
                else:
                    assert taken == accepted
                    assert ctx.get(dut.reply.valid)
                    assert ctx.get(dut.reply.p.error)
                    missing += 1
                await ctx.tick()
                asked = True
            ctx.set(dut.command.valid, 0)
            for _ in range(rng.randrange(3)):
                assert not any(ctx.get(port.valid) for port, _ in blocks.values())
                assert not ctx.get(dut.reply.valid)
                await ctx.tick()

    simulate(dut, testbench)
    assert reached == blocks.keys()
    # At least the last layer has no neurons.
    assert missing > 0
