import random

import numpy as np
import pytest

from golden.synthetic import random_program
from hdl.config import CoreConfig
from hdl.control import Control
from hdl.layouts import RowAddress
from hdl.registers import IDENTITY, VERSION, Command, Register, code_register, row_words
from hdl.testing import StreamMonitor, plain, simulate

from .bus import access, read, refused, write
from .configurations import CONFIGURATIONS, SMALLEST, by_name, each_configuration

WORD = 2**32

#: Rows of three words, a seed of two.
WIDE = CoreConfig.model_validate(
    SMALLEST.model_dump(mode="json")
    | {
        "name": "wide",
        "array": {"rows": 4, "cols": 70, "rows_per_read": 2},
        "random": {"lfsr_width": 50, "draw_bits": 32, "seed": 2**50 - 2},
        "logits": {"width": 24, "fraction": 0, "gain_width": 24, "offset_width": 32, "max_shift": 31},
    }
)

each_control = pytest.mark.parametrize("config", [*CONFIGURATIONS, WIDE], ids=by_name)


class Surroundings:
    """Blocks around the control: rows at some addresses, and a record of all pulses."""

    def __init__(self, dut, rows=(), delay=0):
        self._dut = dut
        self._delay = delay
        self.rows = dict(rows)
        self.commands = []
        """Row commands, as they were taken."""
        self.pulses = []
        """Name, and what it says, of everything that lasts one cycle."""

    async def watch(self, ctx):
        dut = self._dut
        async for _, _, load, seed, store, fetch, index, constants in ctx.tick().sample(
            dut.load,
            dut.seed,
            dut.correction_write,
            dut.correction_read,
            dut.correction_index,
            dut.correction_constants,
        ):
            if load:
                self.pulses.append(("load", seed))
            if store:
                self.pulses.append(("store", index, *plain(constants).values()))
            if fetch:
                self.pulses.append(("fetch", index))

    async def answer(self, ctx):
        """Answer each row command after a while. It is taken with its reply."""
        dut = self._dut
        while True:
            await ctx.tick().until(dut.command.valid)
            for _ in range(self._delay):
                await ctx.tick()
                assert ctx.get(dut.command.valid)
            command = plain(ctx.get(dut.command.payload))
            self.commands.append(command)
            place = tuple(command["address"].values())
            exists = place in self.rows
            if exists and command["write"]:
                self.rows[place] = command["row"]
            ctx.set(dut.reply.payload, {"row": self.rows.get(place, 1), "error": not exists})
            ctx.set(dut.reply.valid, 1)
            ctx.set(dut.command.ready, 1)
            await ctx.tick().until(dut.reply.ready)
            ctx.set(dut.reply.valid, 0)
            ctx.set(dut.command.ready, 0)


def run(dut, testbench, surroundings=None, **keywords):
    surroundings = surroundings or Surroundings(dut)
    simulate(dut, testbench, background=[surroundings.watch, surroundings.answer], **keywords)
    return surroundings


def field(layout, name):
    return layout[name].width


def values(config, rng):
    """Return per register that can be written: values that are allowed, and some that are not."""
    logits = config.logits
    address = RowAddress(config)
    tile, layer, group, line = (field(address, name) for name in ("tile", "layer", "group", "line"))
    seed = config.random.lfsr_width
    low, high = min(seed, 32), max(seed - 32, 0)
    gain, offset = 2 ** (logits.gain_width - 1), 2 ** (logits.offset_width - 1)
    most = config.bayes.max_passes
    code = config.random.draw_bits

    def bits(width, shift=0, reach=32):
        """All bits of a field, and each bit above it."""
        return [((1 << width) - 1) << shift], [1 << bit + shift for bit in range(width, reach)]

    def signed(bound):
        good = [-bound, bound - 1, 0, -1, rng.randrange(-bound, bound)]
        bad = [bound, -bound - 1, 2 * bound, 2**31 - 1] if bound < 2**31 else []
        return [value % WORD for value in good], [value % WORD for value in bad]

    tiles, layers, groups, lines = bits(tile, 0, 16), bits(layer, 16, 8), bits(group, 0, 16), bits(line, 16, 16)
    table = {
        Register.CONTROL: ([0, 1], [2, 3, 1 << 31]),
        Register.PASSES: ([1, most, rng.randint(1, most)], [0, most + 1, most + WORD // 2]),
        Register.SEED_LOW: bits(low),
        Register.SEED_HIGH: bits(high),
        Register.TARGET: (
            [*tiles[0], *layers[0], 1 << 24, tiles[0][0] | layers[0][0] | 1 << 24, 0],
            [*tiles[1], *layers[1], *(1 << bit for bit in range(25, 32))],
        ),
        Register.ROW: ([*groups[0], *lines[0], groups[0][0] | lines[0][0], 0], [*groups[1], *lines[1]]),
        Register.CLASS: ([0, config.network.classes - 1], [config.network.classes, WORD - 1]),
        Register.GAIN: signed(gain),
        Register.OFFSET: signed(offset),
        Register.SHIFT: ([0, logits.max_shift], [logits.max_shift + 1, WORD - 1]),
    }
    table |= {code_register(layer): bits(code) for layer in range(config.mask_width)}
    return table


@each_control
def test_reset_values_and_read_only_registers(config):
    """Reads are never wrong, and writes to what can only be read always are."""
    dut = Control(config)
    seed = config.random.seed
    fixed = {
        Register.IDENTITY: 0x4243494D,
        Register.VERSION: VERSION,
        Register.CONFIG_HASH: int(config.hash[:8], 16),
    }
    others = {
        Register.STATUS: 0,
        Register.CONTROL: 1,
        Register.PASSES: config.bayes.passes,
        Register.SEED_LOW: seed % WORD,
        Register.SEED_HIGH: seed // WORD,
        Register.TARGET: 0,
        Register.ROW: 0,
        Register.DATA: 0,
        Register.CLASS: 0,
        Register.GAIN: 0,
        Register.OFFSET: 0,
        Register.SHIFT: 0,
    }
    others |= {code_register(layer): code for layer, code in enumerate(config.drop_codes)}
    assert fixed[Register.IDENTITY] == IDENTITY
    named = {register for register in Register if register not in (Register.COMMAND, Register.CODES)}
    assert named <= fixed.keys() | others.keys()

    async def testbench(ctx):
        for address, value in (fixed | others).items():
            assert await read(ctx, dut, address) == value, f"{address:#x}"
        for address, value in fixed.items():
            for attempt in (0, value, WORD - 1):
                await refused(ctx, dut, address, attempt)
            assert await read(ctx, dut, address) == value
        assert ctx.get(dut.enable) == 1
        assert ctx.get(dut.passes) == config.bayes.passes
        assert ctx.get(dut.seed) == seed
        assert [ctx.get(code) for code in dut.codes] == list(config.drop_codes)

    run(dut, testbench)


def test_reset_values_of_a_program():
    config = CONFIGURATIONS[-1]
    rng = np.random.default_rng(3)
    program = random_program(config, rng)
    dut = Control(config, program)

    async def testbench(ctx):
        for layer, code in enumerate(program.codes.tolist()):
            assert await read(ctx, dut, code_register(layer)) == code
            assert ctx.get(dut.codes[layer]) == code
        assert await read(ctx, dut, Register.SEED_LOW) == program.seed % WORD
        assert ctx.get(dut.seed) == program.seed

    run(dut, testbench)


@each_control
def test_unknown_addresses(config):
    """Also those between the words, and the command register when it is read."""
    dut = Control(config)
    known = {*Register, *(code_register(layer) for layer in range(config.mask_width))}
    known -= set() if config.mask_width else {Register.CODES}

    async def testbench(ctx):
        for address in range(256):
            if address not in known:
                await refused(ctx, dut, address)
                await refused(ctx, dut, address, 1)
        await refused(ctx, dut, Register.COMMAND)

    surroundings = run(dut, testbench)
    assert surroundings.pulses == surroundings.commands == []


@each_control
def test_ranges(config):
    """What is allowed is there afterwards, what is not changes nothing, and no register touches another."""
    rng = random.Random(config.name)
    table = values(config, rng)
    dut = Control(config)
    assert all(good for good, _ in table.values())

    async def testbench(ctx):
        await write(ctx, dut, Register.CONTROL, 0)
        expected = {address: await read(ctx, dut, address) for address in table}
        attempts = [(address, value, 0) for address, (good, _) in table.items() for value in good]
        attempts += [(address, value, 1) for address, (_, bad) in table.items() for value in bad]
        rng.shuffle(attempts)
        for address, value, error in attempts:
            # While the core is enabled, not everything may be written.
            await write(ctx, dut, Register.CONTROL, 0)
            expected[Register.CONTROL] = 0
            if error:
                await refused(ctx, dut, address, value)
            else:
                await write(ctx, dut, address, value)
                expected[address] = value
            assert await read(ctx, dut, address) == expected[address]
        for address, value in expected.items():
            assert await read(ctx, dut, address) == value, f"{address:#x}"
        # What the registers say is what the blocks get.
        assert ctx.get(dut.enable) == expected[Register.CONTROL]
        assert ctx.get(dut.passes) == expected[Register.PASSES]
        assert ctx.get(dut.seed) == expected[Register.SEED_HIGH] * WORD + expected[Register.SEED_LOW]
        for layer, code in enumerate(dut.codes):
            assert ctx.get(code) == expected[code_register(layer)]
        assert ctx.get(dut.correction_index) == expected[Register.CLASS]

    surroundings = run(dut, testbench)
    assert surroundings.pulses == surroundings.commands == []


@each_control
def test_running_core_is_left_alone(config):
    """Enabled, or with inputs in it, it takes neither commands nor passes nor codes."""
    dut = Control(config)
    protected = [Register.PASSES, *(code_register(layer) for layer in range(config.mask_width))]

    async def pulse(ctx, *ports):
        for port in ports:
            ctx.set(port, 1)
        await ctx.tick()
        for port in ports:
            ctx.set(port, 0)

    async def check(ctx, *, running, busy):
        assert await read(ctx, dut, Register.STATUS) == busy
        for command in Command:
            if running:
                await refused(ctx, dut, Register.COMMAND, command)
        for register in protected:
            value = await read(ctx, dut, register)
            if running:
                await refused(ctx, dut, register, value)
            else:
                await write(ctx, dut, register, value)
        for register in (Register.SEED_LOW, Register.TARGET, Register.DATA, Register.CLASS, Register.SHIFT):
            await write(ctx, dut, register, await read(ctx, dut, register))

    async def testbench(ctx):
        await check(ctx, running=True, busy=0)
        await pulse(ctx, dut.started)
        await check(ctx, running=True, busy=1)
        await write(ctx, dut, Register.CONTROL, 0)
        await check(ctx, running=True, busy=1)
        # Started and done in one cycle leave as many; two started need two done.
        await pulse(ctx, dut.started, dut.done)
        await check(ctx, running=True, busy=1)
        await pulse(ctx, dut.started)
        await pulse(ctx, dut.done)
        await check(ctx, running=True, busy=1)
        await pulse(ctx, dut.done)
        await check(ctx, running=False, busy=0)
        await write(ctx, dut, Register.CONTROL, 1)
        await check(ctx, running=True, busy=0)

    surroundings = run(dut, testbench)
    assert surroundings.pulses == surroundings.commands == []


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
            assert await read(ctx, dut, Register.STATUS) == 0
            # Any bit that differs is seen, unless there is no row; a row that is right clears nothing.
            await fill(ctx, row ^ 1 << rng.randrange(cols))
            wrong = await buffer(ctx)
            await command(ctx, place, Command.VERIFY, wrong, error=error)
            failed = 0 if error else 2
            assert await read(ctx, dut, Register.STATUS) == failed
            assert await buffer(ctx) == wrong
            await fill(ctx, row)
            await command(ctx, place, Command.VERIFY, row, error=error)
            assert await read(ctx, dut, Register.STATUS) == failed
            # Only a 1 in its place clears it.
            for value, left in ((0, failed), (WORD - 3, failed), (2, 0)):
                await write(ctx, dut, Register.STATUS, value)
                assert await read(ctx, dut, Register.STATUS) == left

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
            # What the block holds replaces what was there.
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
    """One cycle for an access; commands a cycle more, and what the block that carries them out takes."""
    dut = Control(config)
    delay = 4
    accesses = [
        (Register.CONTROL, 0, 1),
        (Register.IDENTITY, None, 1),
        (0xFC, None, 1),
        (Register.PASSES, 0, 1),
        (Register.DATA, 5, 1),
        (Register.DATA, None, 1),
        (Register.COMMAND, Command.RESEED, 1),
        (Register.COMMAND, Command.STORE_CORRECTION, 1),
        (Register.COMMAND, Command.FETCH_CORRECTION, 2),
        (Register.COMMAND, Command.READ, delay + 3),
        (Register.COMMAND, Command.PROGRAM, delay + 3),
        (Register.DATA, None, 1),
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
