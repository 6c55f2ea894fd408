import random

import pytest

from hdl.contract import Command, Register, row_words
from hdl.control import Control
from hdl.streams import RowAddress
from hdl.testing import StreamMonitor, simulate

from ..bus import access, read, refused, write
from ..configurations import each_configuration
from ..control_bench import WORD, Surroundings, each_control, run
from ..register_values import values


@each_control
@pytest.mark.parametrize("delay", [0, 3])
def test_row_commands(config, delay):
    """Program, read and verify rows; an address without a row is an error that changes nothing."""
    rng = random.Random(f"{config.name}-{delay}")
    dut = Control(config)
    words = row_words(config)
    cols = config.array.cols
    places = []
    for _ in range(12):
        place = {name: rng.getrandbits(member.width) for name, member in RowAddress(config)}
        if place not in places:
            places.append(place)
    existing = places[: len(places) // 2 + 1]
    rows = {tuple(place.values()): rng.getrandbits(cols) for place in existing}
    surroundings = Surroundings(dut, rows, delay)
    expected = []

    async def point(ctx, place):
        target = place["tile"] | place["layer"] << 16 | place["thresholds"] << 24
        await write(ctx, dut, Register.TARGET, target)
        await write(ctx, dut, Register.ROW, place["group"] | place["line"] << 16)

    async def fill(ctx, row):
        for word in range(words):
            await write(ctx, dut, Register.DATA, row >> 32 * word & WORD - 1)

    async def buffer(ctx):
        return sum([await read(ctx, dut, Register.DATA) << 32 * word for word in range(words)])

    async def command(ctx, place, command, row, *, error):
        if error:
            await refused(ctx, dut, Register.COMMAND, command)
        else:
            await write(ctx, dut, Register.COMMAND, command)
        expected.append({"address": place, "write": command is Command.PROGRAM, "row": row})

    async def testbench(ctx):
        await write(ctx, dut, Register.CONTROL, 0)
        for place in places:
            error = place not in existing
            key = tuple(place.values())
            await point(ctx, place)
            row = rng.getrandbits(cols)
            await fill(ctx, row)
            await command(ctx, place, Command.PROGRAM, row, error=error)
            assert await buffer(ctx) == row
            assert surroundings.rows.get(key) == (None if error else row)

            await command(ctx, place, Command.VERIFY, row, error=error)
            assert await read(ctx, dut, Register.ERRORS) & 2 == 0
            # Any bit that differs is seen, unless there is no row; a row that is right clears nothing.
            await fill(ctx, row ^ 1 << rng.randrange(cols))
            wrong = await buffer(ctx)
            await command(ctx, place, Command.VERIFY, wrong, error=error)
            failed = 0 if error else 2
            assert await read(ctx, dut, Register.ERRORS) & 2 == failed
            assert await buffer(ctx) == wrong
            await fill(ctx, row)
            await command(ctx, place, Command.VERIFY, row, error=error)
            assert await read(ctx, dut, Register.ERRORS) & 2 == failed
            # Only a 1 in its place clears it.
            for value, left in ((0, failed), (WORD - 3, failed), (2, 0)):
                await write(ctx, dut, Register.ERRORS, value)
                assert await read(ctx, dut, Register.ERRORS) & 2 == left

            other = rng.getrandbits(cols)
            if not error:
                surroundings.rows[key] = other
            await fill(ctx, row)
            await command(ctx, place, Command.READ, row, error=error)
            assert await buffer(ctx) == (row if error else other)

    run(dut, testbench, surroundings, max_cycles=30_000)
    assert surroundings.commands == expected
    assert surroundings.pulses == []


@each_control
def test_seed_and_correction_commands(config):
    rng = random.Random(config.name)
    table = values(config, rng)
    width = config.random.lfsr_width
    dut = Control(config)
    expected = []

    async def testbench(ctx):
        await write(ctx, dut, Register.CONTROL, 0)
        for seed in (1, 2 ** (width - 1), 2**width - 1):
            await write(ctx, dut, Register.SEED_LOW, seed % WORD)
            await write(ctx, dut, Register.SEED_HIGH, seed // WORD)
            await write(ctx, dut, Register.COMMAND, Command.RESEED)
            expected.append(("load", seed))
        await write(ctx, dut, Register.SEED_LOW, 0)
        await write(ctx, dut, Register.SEED_HIGH, 0)
        await refused(ctx, dut, Register.COMMAND, Command.RESEED)

        for gain, offset, shift in zip(
            *(table[register][0] * 2 for register in (Register.GAIN, Register.OFFSET, Register.SHIFT)), strict=False
        ):
            index = rng.randrange(config.network.classes)
            constants = {Register.GAIN: gain, Register.OFFSET: offset, Register.SHIFT: shift}
            await write(ctx, dut, Register.CLASS, index)
            for register, value in constants.items():
                await write(ctx, dut, register, value)
            await write(ctx, dut, Register.COMMAND, Command.STORE_CORRECTION)
            numbers = [value - WORD * (value >> 31) for value in constants.values()]
            expected.append(("store", index, *numbers))
            # The block's row replaces the buffer.
            for register in constants:
                await write(ctx, dut, register, 0)
            ctx.set(dut.correction_stored, dict(zip(("gain", "offset", "shift"), numbers, strict=True)))
            await write(ctx, dut, Register.COMMAND, Command.FETCH_CORRECTION)
            expected.append(("fetch", index))
            ctx.set(dut.correction_stored, {"gain": 0, "offset": 0, "shift": 0})
            for register, value in constants.items():
                assert await read(ctx, dut, register) == value

        for command in (0, max(Command) + 1, 2**31 + Command.PROGRAM, WORD - 1):
            await refused(ctx, dut, Register.COMMAND, command)

    surroundings = run(dut, testbench)
    assert surroundings.pulses == expected
    assert surroundings.commands == []


@each_configuration
@pytest.mark.parametrize("send_idle", [0, 3])
@pytest.mark.parametrize("take_idle", [0, 3])
def test_latency(config, send_idle, take_idle):
    """Four cycles for an access; commands a cycle more, and what the block that carries them out takes."""
    dut = Control(config)
    delay = 4
    accesses = [
        (Register.CONTROL, 0, 4),
        (Register.IDENTITY, None, 4),
        (0xFC, None, 4),
        (Register.PASSES, 0, 4),
        (Register.DATA, 5, 4),
        (Register.DATA, None, 4),
        (Register.COMMAND, Command.RESEED, 4),
        (Register.COMMAND, Command.STORE_CORRECTION, 4),
        (Register.COMMAND, Command.FETCH_CORRECTION, 6),
        (Register.COMMAND, Command.READ, delay + 7),
        (Register.COMMAND, Command.PROGRAM, delay + 7),
        (Register.DATA, None, 4),
    ]
    request, answer = StreamMonitor(dut.request), StreamMonitor(dut.answer)
    rows = {(0,) * len(list(RowAddress(config))): 2}
    surroundings = Surroundings(dut, rows, delay)

    async def testbench(ctx):
        for address, value, _ in accesses:
            for _ in range(send_idle):
                await ctx.tick()
            await access(ctx, dut, address, value=value, idle=take_idle)

    background = [request.watch, answer.watch, surroundings.watch, surroundings.answer]
    simulate(dut, testbench, background=background)
    latencies = [there - offered for offered, there in zip(request.offered, answer.offered, strict=True)]
    assert latencies == [latency for _, _, latency in accesses]
    assert request.taken == answer.taken
    assert len(surroundings.commands) == 2
