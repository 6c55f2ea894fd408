import random

from hdl.axi import PacketInput, stream_width
from hdl.streams import PixelBeat
from hdl.testing import StreamMonitor, plain, simulate, taking

from ..beats import pixel_beats
from ..configurations import each_configuration, each_stall


class Events:
    """Reports on packets, in order with the beats that were passed on."""

    def __init__(self, dut):
        self._dut = dut
        self.found = []

    async def watch(self, ctx):
        dut = self._dut
        ports = (dut.o.valid, dut.o.ready, dut.o.payload, dut.too_short, dut.too_long)
        async for _, _, valid, ready, beat, short, long in ctx.tick().sample(*ports):
            assert short + long + (valid and ready) <= 1
            if valid and ready:
                self.found.append(plain(beat))
            elif short or long:
                self.found.append("short" if short else "long")


def driving(bus, packets, idle):
    """Return a testbench that sends packets of words, each after a pause."""

    async def testbench(ctx):
        for packet in packets:
            for place, word in enumerate(packet):
                for _ in range(idle):
                    await ctx.tick()
                ctx.set(bus.tdata, word)
                ctx.set(bus.tlast, place == len(packet) - 1)
                ctx.set(bus.tvalid, 1)
                await ctx.tick().until(bus.tready)
                ctx.set(bus.tvalid, 0)

    return testbench


@each_configuration
@each_stall
def test_passes_packets_on(config, send_idle, take_idle):
    """Whole packets are passed on; of the others the beats before the fault, and then what it was."""
    rng = random.Random(f"{config.name}-{send_idle}-{take_idle}")
    dut = PacketInput(config)
    layout, beats = PixelBeat(config), config.beats_per_input
    packets, expected, passed = [], [], 0
    lengths = [beats, 1, beats + 1, beats, 2 * beats + 1, *(rng.randint(1, 2 * beats + 2) for _ in range(6)), beats]
    for length in lengths:
        pixels = [rng.randrange(2**config.network.input_bits) for _ in range(config.network.inputs)]
        good = pixel_beats(config, pixels)
        whole = [plain(layout.const(good[place % beats])) for place in range(length)]
        garbage = stream_width(layout.size)
        packets.append(
            [layout.const(beat).as_bits() | rng.getrandbits(garbage) >> layout.size << layout.size for beat in whole]
        )
        kept = whole if length == beats else whole[: min(length, beats) - 1]
        expected += kept
        passed += len(kept)
        if length != beats:
            expected.append("short" if length < beats else "long")
    events = Events(dut)
    monitor = StreamMonitor(dut.o)
    background = [events.watch, monitor.watch]
    simulate(dut, driving(dut.bus, packets, send_idle), taking(dut.o, passed, idle=take_idle), background=background)
    assert events.found == expected


@each_configuration
def test_latency_and_throughput(config):
    dut = PacketInput(config)
    beats = config.beats_per_input
    monitor = StreamMonitor(dut.o)
    packets = [[0] * beats for _ in range(5)]
    simulate(dut, driving(dut.bus, packets, 0), taking(dut.o, 5 * beats), background=[monitor.watch])
    # A beat a cycle, the first a cycle after it was taken.
    assert monitor.taken == [*range(1, 5 * beats + 1)]
