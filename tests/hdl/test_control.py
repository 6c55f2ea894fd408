import random

import numpy as np

from golden.synthetic import random_program
from hdl.control import Control
from hdl.registers import IDENTITY, VERSION, Command, Register, code_register

from .bus import read, refused, write
from .configurations import CONFIGURATIONS
from .control_bench import WORD, each_control, run
from .register_values import values


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
        await write(ctx, dut, Register.CONTROL, 0)
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
