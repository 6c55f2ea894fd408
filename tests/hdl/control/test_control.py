import random

import numpy as np
import pytest

from golden.data import random_program
from hdl.contract import IDENTITY, VERSION, Command, Register, code_register
from hdl.control import Control
from hdl.testing import simulate

from ..bus import access, read, refused, write
from ..configurations import CONFIGURATIONS, by_name
from ..control_bench import MONITORED, WATCHED, WIDE, WORD, each_control, run
from ..register_values import values

#: Registers that only a core with self-tests of several units has, and those of any core with a self-test.
SEVERAL = {Register.SELF_TEST_UNIT, Register.SELF_TEST_ALARMS}
SELF_TEST = {register for register in Register if register.name.startswith("SELF_TEST")} - SEVERAL


def self_test_registers(config):
    """Return those that ``config`` has."""
    if config.self_test is None:
        return set()
    return SELF_TEST | SEVERAL if len(config.stochastic.watched) > 1 else SELF_TEST


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
        Register.ERRORS: 0,
        Register.STREAMS: 0,
        Register.INPUTS: 0,
        Register.CYCLES_LOW: 0,
        Register.CYCLES_HIGH: 0,
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
        Register.UNIT: 0,
        Register.EXACT: 0,
        Register.INTERRUPTS: 0,
        Register.INTERRUPT_ENABLE: 0,
    }
    others |= {code_register(layer): code for layer, code in enumerate(config.stochastic.drop_codes)}
    assert fixed[Register.IDENTITY] == IDENTITY
    if config.measures is not None:
        others[Register.UNKNOWN] = 2**config.measures.threshold_width - 1
    macro = {Register.PULSES, Register.FAILED}
    named = {register for register in Register if register not in (Register.COMMAND, Register.CODES)} - macro
    others |= dict.fromkeys(macro, 0) if config.macro is not None else {}
    named -= {Register.UNKNOWN} if config.measures is None else set()
    if config.self_test is not None:
        limits = config.self_test
        others |= dict.fromkeys(self_test_registers(config), 0)
        others |= {Register.SELF_TEST_BOUND: limits.bound}
        others |= {Register.SELF_TEST_RUNS: limits.drop_run | limits.keep_run << 16}
    named -= (SELF_TEST | SEVERAL) - self_test_registers(config)
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
        assert [ctx.get(code) for code in dut.codes] == list(config.stochastic.drop_codes)

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
    """Also far from the known ones, and the command register when it is read."""
    dut = Control(config)
    known = {*Register, *(code_register(layer) for layer in range(config.stochastic.mask_width))}
    known -= set() if config.stochastic.mask_width else {Register.CODES}
    known -= (SELF_TEST | SEVERAL) - self_test_registers(config)
    addresses = [*range(0, 256, 4), *(0x100 << bit | Register.PASSES for bit in range(4)), 0xFF8, 0xFFC]

    async def testbench(ctx):
        await write(ctx, dut, Register.CONTROL, 0)
        for address in addresses:
            if address not in known:
                await refused(ctx, dut, address)
                await refused(ctx, dut, address, 1)
                # Writing no byte of it does not make it exist.
                assert (await access(ctx, dut, address, value=1, strobe=0))["error"]
        await refused(ctx, dut, Register.COMMAND)
        assert await read(ctx, dut, Register.ERRORS) == 1

    surroundings = run(dut, testbench)
    assert surroundings.pulses == surroundings.commands == []


@each_control
def test_ranges(config):
    """Allowed values are stored, refused ones change nothing, and registers are independent."""
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
        # The blocks get the values of the registers.
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
    protected = [
        Register.PASSES,
        Register.STREAMS,
        *(code_register(layer) for layer in range(config.stochastic.mask_width)),
    ]
    if config.self_test is not None:
        protected += [Register.SELF_TEST_SELECT, Register.SELF_TEST_BOUND, Register.SELF_TEST_RUNS]

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
def test_bytes(config):
    """Bytes that are not written keep their value; the low bits of an address do not matter."""
    rng = random.Random(config.name)
    dut = Control(config)

    async def testbench(ctx):
        await write(ctx, dut, Register.CONTROL, 0)
        for _ in range(60):
            old, new, strobe = rng.getrandbits(32), rng.getrandbits(32), rng.getrandbits(4)
            mask = sum(0xFF << 8 * byte for byte in range(4) if strobe >> byte & 1)
            low = 2 ** min(config.random.lfsr_width, 32) - 1
            await write(ctx, dut, Register.SEED_LOW, old & low)
            address = Register.SEED_LOW + rng.randrange(4)
            assert not (await access(ctx, dut, address, value=new & low, strobe=strobe))["error"]
            assert await read(ctx, dut, address) == old & low & ~mask | new & low & mask

    run(dut, testbench, max_cycles=20_000)


def test_window_takes_whole_words():
    """Some bytes of a word of the row buffer are refused, read or written, and do not move on; nor do none."""
    dut = Control(WIDE)

    async def testbench(ctx):
        words = [0x11223344, 0x55667788, 0x3C]
        for word in words:
            await write(ctx, dut, Register.DATA, word)
        assert not (await access(ctx, dut, Register.DATA, value=0xFFFFFFFF, strobe=0))["error"]
        for strobe in range(1, 0b1111):
            answer = await access(ctx, dut, Register.DATA, value=0xAABBCCDD, strobe=strobe)
            assert answer == {"data": 0, "error": 1}, f"{strobe:#06b}"
        for offset in range(1, 4):
            # The processor loads or stores a byte.
            await refused(ctx, dut, Register.DATA + offset)
            await refused(ctx, dut, Register.DATA + offset, 0)
        assert await read(ctx, dut, Register.ERRORS) == 1
        for word in (*words, *words):
            assert await read(ctx, dut, Register.DATA) == word

    run(dut, testbench)


@pytest.mark.parametrize("command", [Command.STORE_CORRECTION, Command.RESEED, Command.READ])
def test_commands_are_whole_words(command):
    """A store of four bytes, as a compiler makes of a packed structure, gives no command and four errors."""
    dut = Control(CONFIGURATIONS[0])

    async def testbench(ctx):
        await write(ctx, dut, Register.CONTROL, 0)
        for byte in range(4):
            address, value = Register.COMMAND + byte, command if byte == 0 else 0
            answer = await access(ctx, dut, address, value=value << 8 * byte, strobe=1 << byte)
            assert answer == {"data": 0, "error": 1}
        assert await read(ctx, dut, Register.ERRORS) == 1
        assert not (await access(ctx, dut, Register.COMMAND, value=command, strobe=0))["error"]

    surroundings = run(dut, testbench)
    assert surroundings.pulses == surroundings.commands == []


@pytest.mark.parametrize("config", [CONFIGURATIONS[0], MONITORED, WATCHED], ids=by_name)
def test_interrupts(config):
    """The line follows the flags whose interrupt is enabled; events are not lost; an alarm calls once for each unit."""
    dut = Control(config)
    several = config.self_test is not None and len(config.stochastic.watched) > 1

    async def pulse(ctx, port):
        ctx.set(port, 1)
        await ctx.tick()
        ctx.set(port, 0)

    async def testbench(ctx):
        events = {1: dut.short_packet, 2: dut.done}
        ctx.set(dut.started, 1)
        await ctx.tick().repeat(4)
        ctx.set(dut.started, 0)
        known = 3 if config.self_test is None else 7
        await refused(ctx, dut, Register.INTERRUPT_ENABLE, known + 1)
        for flag, port in events.items():
            for enabled in range(known + 1):
                await write(ctx, dut, Register.INTERRUPT_ENABLE, enabled)
                assert ctx.get(dut.irq) == 0
                await pulse(ctx, port)
                assert ctx.get(dut.irq) == 0
                await ctx.tick()
                assert ctx.get(dut.irq) == bool(enabled & flag)
                assert await read(ctx, dut, Register.INTERRUPTS) == flag
                await write(ctx, dut, Register.INTERRUPTS, known & ~flag)
                assert await read(ctx, dut, Register.INTERRUPTS) == flag
                await write(ctx, dut, Register.INTERRUPTS, flag)
                assert await read(ctx, dut, Register.INTERRUPTS) == ctx.get(dut.irq) == 0
        # An event in the cycle that clears its flag is not lost.
        ctx.set(dut.short_packet, 1)
        await write(ctx, dut, Register.INTERRUPTS, known)
        ctx.set(dut.short_packet, 0)
        assert await read(ctx, dut, Register.INTERRUPTS) == 1
        await write(ctx, dut, Register.INTERRUPTS, known)
        if config.self_test is None:
            return
        await write(ctx, dut, Register.INTERRUPT_ENABLE, 4)
        stuck = dut.self_test.stuck
        causes = [(dut.self_test.alarms, 2), (dut.self_test.alarms, 3)] if several else [(stuck, 1)]
        for port, value in causes:
            ctx.set(port, value)
            await ctx.tick().repeat(2)
            assert ctx.get(dut.irq) == 1
            await write(ctx, dut, Register.INTERRUPTS, 4)
            await ctx.tick().repeat(3)
            assert ctx.get(dut.irq) == 0
        ctx.set(causes[-1][0], 0)
        await ctx.tick()
        ctx.set(dut.self_test.alarms if several else dut.self_test.out_of_bounds, 1)
        await ctx.tick()
        assert await read(ctx, dut, Register.INTERRUPTS) == 4

    run(dut, testbench)


@each_control
def test_error_flags(config):
    """Each is set by what it is about, stays, and is cleared by writing a 1 to it and by nothing else."""
    dut = Control(config)

    async def testbench(ctx):
        events = {1: None, 4: dut.short_packet, 8: dut.long_packet}
        expected = 0
        for flag, port in events.items():
            if port is None:
                await refused(ctx, dut, Register.IDENTITY, 0)
            else:
                ctx.set(port, 1)
                await ctx.tick()
                ctx.set(port, 0)
            expected |= flag
            assert await read(ctx, dut, Register.ERRORS) == expected
        for value in (0, WORD - 1 - expected):
            await write(ctx, dut, Register.ERRORS, value)
            assert await read(ctx, dut, Register.ERRORS) == expected
        for flag in events:
            await write(ctx, dut, Register.ERRORS, flag)
            expected &= ~flag
            assert await read(ctx, dut, Register.ERRORS) == expected
        # A flag that is set while it is cleared stays set.
        ctx.set(dut.short_packet, 1)
        await write(ctx, dut, Register.ERRORS, WORD - 1)
        ctx.set(dut.short_packet, 0)
        assert await read(ctx, dut, Register.ERRORS) == 4

    run(dut, testbench)


def test_counters():
    """Inputs, and cycles with an input in the core; cleared by a command."""
    dut = Control(CONFIGURATIONS[0])

    async def cycle(ctx, *ports):
        for port in ports:
            ctx.set(port, 1)
        await ctx.tick()
        for port in ports:
            ctx.set(port, 0)

    async def testbench(ctx):
        await cycle(ctx, dut.started)
        for _ in range(9):
            await ctx.tick()
        await cycle(ctx, dut.done)
        for _ in range(5):
            await ctx.tick()
        assert await read(ctx, dut, Register.INPUTS) == 1
        # The input is in the core from the cycle after it was started to the one in which it is done.
        assert await read(ctx, dut, Register.CYCLES_LOW) == 10
        assert await read(ctx, dut, Register.CYCLES_HIGH) == 0
        await write(ctx, dut, Register.CONTROL, 0)
        await write(ctx, dut, Register.COMMAND, Command.CLEAR_COUNTERS)
        assert await read(ctx, dut, Register.INPUTS) == await read(ctx, dut, Register.CYCLES_LOW) == 0

    run(dut, testbench)


def test_a_unit_is_chosen_at_any_time():
    """Also while the core runs; and all alarms are read at once."""
    dut = Control(WATCHED)

    async def testbench(ctx):
        for unit in (1, 0, 1):
            await write(ctx, dut, Register.SELF_TEST_UNIT, unit)
            assert await read(ctx, dut, Register.SELF_TEST_UNIT) == ctx.get(dut.self_test.unit) == unit
        await refused(ctx, dut, Register.SELF_TEST_UNIT, 2)
        assert ctx.get(dut.self_test.unit) == 1
        for alarms in range(4):
            ctx.set(dut.self_test.alarms, alarms)
            assert await read(ctx, dut, Register.SELF_TEST_ALARMS) == alarms
        await refused(ctx, dut, Register.SELF_TEST_ALARMS, 3)

    run(dut, testbench)


def test_the_self_test_is_shown_and_cleared():
    """Findings are readable; limits are those of the registers; clearing lasts one cycle."""
    dut = Control(MONITORED)
    cleared = []

    async def watch(ctx):
        async for _, _, clear in ctx.tick().sample(dut.self_test.clear):
            cleared.append(clear)

    async def testbench(ctx):
        shown = {"draws": WORD - 2, "drops": 16, "deviation": -(2**8), "complete": 1, "stuck": 0, "out_of_bounds": 1}
        for name, value in shown.items():
            ctx.set(getattr(dut.self_test, name), value)
        assert await read(ctx, dut, Register.SELF_TEST) == 0b110
        assert await read(ctx, dut, Register.SELF_TEST_DRAWS) == WORD - 2
        assert await read(ctx, dut, Register.SELF_TEST_DROPS) == 16
        assert await read(ctx, dut, Register.SELF_TEST_DEVIATION) == WORD - 2**8
        ctx.set(dut.self_test.stuck, 1)
        assert await read(ctx, dut, Register.SELF_TEST) == 0b111
        for register in (Register.SELF_TEST, Register.SELF_TEST_DRAWS, Register.SELF_TEST_DROPS):
            await refused(ctx, dut, register, 0)
        await write(ctx, dut, Register.CONTROL, 0)
        await write(ctx, dut, Register.SELF_TEST_SELECT, 2)
        await write(ctx, dut, Register.SELF_TEST_BOUND, 7)
        await write(ctx, dut, Register.SELF_TEST_RUNS, 0x0102_0304)
        limits = [ctx.get(getattr(dut.self_test, name)) for name in ("select", "bound", "drop_run", "keep_run")]
        assert limits == [2, 7, 0x304, 0x102]
        assert not any(cleared)
        await write(ctx, dut, Register.COMMAND, Command.CLEAR_COUNTERS)
        await ctx.tick().repeat(5)
        assert sum(cleared) == 1

    simulate(dut, testbench, background=[watch])
