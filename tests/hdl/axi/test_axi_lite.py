import itertools
import random

import pytest

from hdl.axi import AxiLiteBridge, Response
from hdl.testing import plain, simulate


class Registers:
    """Answers accesses after a while: every address is a register, and multiples of 16 are refused."""

    def __init__(self, dut, delay):
        self._dut = dut
        self._delay = delay
        self.accesses = []

    async def watch(self, ctx):
        dut = self._dut
        while True:
            await ctx.tick().until(dut.request.valid)
            request = plain(ctx.get(dut.request.payload))
            for _ in range(self._delay):
                await ctx.tick()
                assert ctx.get(dut.request.valid)
                assert plain(ctx.get(dut.request.payload)) == request
            refused = request["address"] % 16 == 0
            ctx.set(
                dut.answer.payload, {"data": 0 if request["write"] else answer(request["address"]), "error": refused}
            )
            ctx.set(dut.answer.valid, 1)
            ctx.set(dut.request.ready, 1)
            await ctx.tick().until(dut.answer.ready)
            ctx.set(dut.answer.valid, 0)
            ctx.set(dut.request.ready, 0)
            self.accesses.append(request)


def answer(address):
    return address * 0x01010101 & 0xFFFFFFFF


async def send(ctx, valid, ready, idle):
    for _ in range(idle):
        await ctx.tick()
    ctx.set(valid, 1)
    await ctx.tick().until(ready)
    ctx.set(valid, 0)


def writer(bus, writes, idles, responses):
    """Return testbenches of the three channels of a write."""
    address_idle, data_idle, response_idle = idles

    async def addresses(ctx):
        for address, _, _ in writes:
            ctx.set(bus.awaddr, address)
            await send(ctx, bus.awvalid, bus.awready, address_idle)

    async def data(ctx):
        for _, value, strobe in writes:
            ctx.set(bus.wdata, value)
            ctx.set(bus.wstrb, strobe)
            await send(ctx, bus.wvalid, bus.wready, data_idle)

    async def answers(ctx):
        for _ in writes:
            for _ in range(response_idle):
                await ctx.tick()
            ctx.set(bus.bready, 1)
            (response,) = await ctx.tick().sample(bus.bresp).until(bus.bvalid)
            ctx.set(bus.bready, 0)
            responses.append(response)

    return addresses, data, answers


def reader(bus, addresses, idle, responses):
    async def send_addresses(ctx):
        for address in addresses:
            ctx.set(bus.araddr, address)
            await send(ctx, bus.arvalid, bus.arready, idle)

    async def answers(ctx):
        for _ in addresses:
            for _ in range(idle):
                await ctx.tick()
            ctx.set(bus.rready, 1)
            response, data = await ctx.tick().sample(bus.rresp, bus.rdata).until(bus.rvalid)
            ctx.set(bus.rready, 0)
            responses.append((response, data))

    return send_addresses, answers


@pytest.mark.parametrize("delay", [0, 5])
@pytest.mark.parametrize(("idles", "read_idle"), [*itertools.product([(0, 0, 0), (0, 4, 1), (4, 0, 3)], [0, 3])])
def test_every_access_is_answered_once(delay, idles, read_idle):
    """Address and data of a write in any order, reads beside them, refusals in their places."""
    rng = random.Random(f"{delay}-{idles}-{read_idle}")
    dut = AxiLiteBridge()
    writes = [(4 * rng.randrange(1024), rng.getrandbits(32), rng.getrandbits(4)) for _ in range(12)]
    reads = [4 * rng.randrange(1024) for _ in range(12)]
    registers = Registers(dut, delay)
    written, read = [], []
    testbenches = (*writer(dut.bus, writes, idles, written), *reader(dut.bus, reads, read_idle, read))
    simulate(dut, *testbenches, background=[registers.watch])
    codes = [Response.SLVERR if address % 16 == 0 else Response.OKAY for address, _, _ in writes]
    assert written == codes
    assert read == [(Response.SLVERR if place % 16 == 0 else Response.OKAY, answer(place)) for place in reads]
    done = [access for access in registers.accesses if access["write"]]
    assert [(each["address"], each["data"], each["strobe"]) for each in done] == writes
    assert [each["address"] for each in registers.accesses if not each["write"]] == reads


def test_reads_and_writes_take_turns():
    dut = AxiLiteBridge()
    registers = Registers(dut, 3)
    writes = [(4, index, 15) for index in range(8)]
    testbenches = (*writer(dut.bus, writes, (0, 0, 0), []), *reader(dut.bus, [8] * 8, 0, []))
    simulate(dut, *testbenches, background=[registers.watch])
    kinds = [access["write"] for access in registers.accesses]
    # Neither waits for more than one of the other kind.
    assert max(len(list(run)) for _, run in itertools.groupby(kinds)) <= 2
    assert sum(kinds) == 8 == len(kinds) - sum(kinds)


def test_latency():
    """Offered in the cycle after the last part was taken; the response in the cycle after the answer."""
    dut = AxiLiteBridge()
    seen = {}

    async def watch(ctx):
        cycle = 0
        bus = dut.bus
        ports = (bus.wvalid, dut.request.valid, dut.answer.valid, bus.bvalid)
        async for _, _, *values in ctx.tick().sample(*ports):
            for name, value in zip(("data", "request", "answer", "response"), values, strict=True):
                if value:
                    seen.setdefault(name, cycle)
            cycle += 1

    registers = Registers(dut, 2)
    simulate(dut, *writer(dut.bus, [(4, 1, 15)], (0, 3, 0), []), background=[registers.watch, watch])
    assert seen["request"] == seen["data"] + 2
    assert seen["response"] == seen["answer"] + 1
