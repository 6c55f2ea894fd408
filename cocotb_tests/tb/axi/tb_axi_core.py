"""Testbench of :class:`hdl.axi.AxiCore`.

The Verilog may have any form; the bus master is independent. Memories outlive a test: only the last one,
:func:`a_program_is_loaded`, changes them.
"""

import dataclasses
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, Combine, RisingEdge, with_timeout

from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.benches.axi_bench import AxiBench
from cocotb_tests.benches.axi_traffic import Traffic
from cocotb_tests.benches.mixed_program import mixed_program
from golden.data import random_program
from hdl.contract import IDENTITY, Command, Register, code_register, constant_writes, row_words, row_writes, seed_writes

_INPUTS = 4

#: Rows that are loaded into a core that has more.
_ROWS = 60


def _testcase() -> Any:
    """Return the decorator of a test with a timeout of a second of simulated time."""
    return cocotb.test(timeout_time=1, timeout_unit="sec")


async def _start(dut: Any, *stalls: Stalls, logits: bool = True) -> AxiBench:
    """Return a bench around a core that was reset, with the stream of logits on."""
    bench = AxiBench(dut, *stalls)
    await bench.reset()
    if logits:
        await bench.quiet()
        await bench.write(Register.STREAMS, 1)
        await bench.write(Register.CONTROL, 1)
    return bench


@_testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def inputs_come_out(dut: Any, source: Stalls, sink: Stalls) -> None:
    """Logits of every pass and results of every input, from the initial contents."""
    bench = await _start(dut, source, sink)
    bench.send(*(bench.pixels() for _ in range(_INPUTS)))
    await bench.finish()
    assert bench.compared == _INPUTS


@_testcase()
async def results_need_no_register(dut: Any) -> None:
    """After a reset inputs are computed, and nobody has to take logits."""
    bench = await _start(dut, logits=False)
    bench.stall(Stalls.NEVER, Stalls.NEVER, Stalls.NEVER)
    dut.m_axis_logits_tready.value = 0
    bench.send(*(bench.pixels() for _ in range(_INPUTS)))
    await bench.finish()
    assert bench.compared == _INPUTS


@_testcase()
@cocotb.parametrize(ports=list(Stalls))
async def reads_and_writes_at_once(dut: Any, ports: Stalls) -> None:
    """Both channels at the same time, while inputs are computed; neither disturbs the other nor waits for ever."""
    bench = await _start(dut, Stalls.OFTEN, Stalls.OFTEN, ports)
    rng = bench.rng
    bench.send(*(bench.pixels() for _ in range(_INPUTS)))
    writes = (Register.TARGET, Register.CLASS, Register.SHIFT, Register.GAIN)
    reads = (Register.IDENTITY, Register.VERSION, Register.CONFIG_HASH, Register.PASSES, Register.COMMAND, 0xFFC)
    for _ in range(40):
        together = [
            cocotb.start_soon(bench.access(rng.choice(writes), rng.getrandbits(rng.choice((1, 32))))),
            cocotb.start_soon(bench.access(rng.choice(reads))),
        ]
        await Combine(*together)
    await bench.finish()
    assert bench.compared == _INPUTS


@_testcase()
async def bytes_are_written_alone(dut: Any) -> None:
    """Every run of bytes of a word, of a register that keeps the others and of one that has none to keep."""
    bench = await _start(dut, Stalls.NEVER, Stalls.NEVER, Stalls.OFTEN)
    await bench.quiet()
    runs = [((1 << length) - 1) << first for length in range(1, 5) for first in range(5 - length)]
    for strobe in runs:
        for register in (
            Register.SEED_LOW,
            Register.DATA,
            Register.GAIN,
            Register.ERRORS,
            Register.INTERRUPT_ENABLE,
            Register.COMMAND,
        ):
            await bench.access(register, bench.rng.getrandbits(32), strobe=strobe)
            if register is not Register.COMMAND:
                await bench.access(register)


@_testcase()
async def what_is_wrong_is_refused(dut: Any) -> None:
    """Each with an error response and a flag that stays, and the core goes on without a reset."""
    bench = await _start(dut, Stalls.NEVER, Stalls.OFTEN)
    config = bench.config

    async def refused(address: int, value: int | None = None) -> None:
        _, error = await bench.access(address, value)
        assert error, f"{address:#x}, {value}"
        assert (await bench.access(Register.ERRORS))[0] & 1
        await bench.write(Register.ERRORS, 1)

    bench.send(bench.pixels())
    # While it runs: programming, T, codes, streams, a seed.
    for command in Command:
        await refused(Register.COMMAND, command)
    for register in (Register.PASSES, Register.STREAMS, *map(code_register, range(len(config.stochastic.drop_codes)))):
        await refused(register, 1)
    # Never: read-only registers, missing ones, values out of range.
    for register in (Register.IDENTITY, Register.VERSION, Register.CONFIG_HASH, Register.STATUS, Register.INPUTS):
        await refused(register, 0)
    for address in (0xF00, 0x100, 0x800, 0xFFC, code_register(len(config.stochastic.drop_codes))):
        await refused(address, 0)
        await refused(address)
    await refused(Register.COMMAND)
    await bench.quiet()
    await refused(Register.PASSES, 0)
    await refused(Register.PASSES, config.bayes.max_passes + 1)
    await refused(Register.COMMAND, 0)
    # The seed 0, from which no sequence starts.
    await bench.write(Register.SEED_LOW, 0)
    await bench.write(Register.SEED_HIGH, 0)
    await refused(Register.COMMAND, Command.RESEED)
    # A row that does not exist.
    await bench.write(Register.TARGET, 1 << 24 | len(config.layers) - 1 << 16)
    for command in (Command.PROGRAM, Command.READ, Command.VERIFY):
        await refused(Register.COMMAND, command)
    await bench.write(Register.CONTROL, 1)
    bench.send(bench.pixels())
    await bench.finish()
    assert bench.compared == 2


@_testcase()
@cocotb.parametrize(source=list(Stalls))
async def malformed_packets_are_dropped(dut: Any, source: Stalls) -> None:
    """Too short by any number of beats, too long by one or many; the inputs between them are computed."""
    bench = await _start(dut, source, Stalls.OFTEN)
    beats = bench.config.beats_per_input
    short = sorted({1, beats - 1, beats // 2} - {0, beats})
    for length in (*short, beats + 1, 2 * beats, 3 * beats + 1):
        bench.send_malformed(length)
        bench.send(bench.pixels())
    count = len(short) + 3
    await bench.finish()
    assert bench.compared == count
    await bench.access(Register.ERRORS)
    await bench.access(Register.INPUTS)
    for flag in (1 << 2, 1 << 3):
        await bench.write(Register.ERRORS, flag)
        await bench.access(Register.ERRORS)


@_testcase()
async def sampling_is_changed(dut: Any) -> None:
    """Passes, codes and seed, each with the core disabled and idle; the random sequence goes on unless it is told."""
    bench = await _start(dut, Stalls.NEVER, Stalls.OFTEN)
    config, rng = bench.config, bench.rng
    highest = 2**config.random.draw_bits - 1
    for passes in (config.bayes.passes, 1, config.bayes.max_passes):
        await bench.quiet()
        await bench.write(Register.PASSES, passes)
        codes = [rng.choice((0, highest, rng.randint(0, highest))) for _ in range(len(config.stochastic.drop_codes))]
        for layer, code in enumerate(codes):
            await bench.write(code_register(layer), code)
        program = dataclasses.replace(bench.program, codes=np.array(codes, dtype=np.int64))
        bench.load(program, first_pass=bench.passes_done)
        if rng.getrandbits(1):
            await bench.write_all(seed_writes(config.stochastic.seeds(rng.randint(1, 2**config.random.lfsr_width - 1))))
        await bench.write(Register.CONTROL, 1)
        bench.send(bench.pixels())
        await bench.finish()
    assert bench.compared == 3


@_testcase()
async def events_call_the_processor(dut: Any) -> None:
    """A result, a malformed packet and a refused access raise the line, which software lowers at their flags."""
    bench = await _start(dut, Stalls.NEVER, Stalls.OFTEN)

    async def called(flag: int) -> None:
        await bench.compare_interrupt()
        assert dut.irq.value == 1
        assert (await bench.access(Register.INTERRUPTS))[0] & flag
        await bench.write(Register.INTERRUPTS, flag)
        await bench.compare_interrupt()
        assert dut.irq.value == 0

    error, done = 1, 2
    bench.send(bench.pixels())
    await bench.finish()
    await bench.compare_interrupt()
    assert dut.irq.value == 0
    # A flag that waits calls at once when its interrupt is enabled.
    await bench.write(Register.INTERRUPT_ENABLE, done)
    await called(done)
    bench.send(*(bench.pixels() for _ in range(_INPUTS)))
    await with_timeout(RisingEdge(dut.irq), 1, "ms")
    await bench.finish()
    await called(done)
    await bench.write(Register.INTERRUPT_ENABLE, error)
    bench.send_malformed(bench.config.beats_per_input + 1)
    await bench.finish()
    await called(error)
    await bench.access(Register.IDENTITY, 0)
    await called(error)
    # What is not enabled is seen in the register only.
    await bench.write(Register.INTERRUPT_ENABLE, done)
    await bench.access(Register.IDENTITY, 0)
    await bench.compare_interrupt()
    await bench.access(Register.INTERRUPTS)
    assert bench.compared == 1 + _INPUTS


@_testcase()
async def a_reset_stops_everything(dut: Any) -> None:
    """At any moment, in the middle of transactions on all ports."""
    bench = await _start(dut, Stalls.OFTEN, Stalls.OFTEN, Stalls.OFTEN)
    for _ in range(6):
        bench.send(*(bench.pixels() for _ in range(_INPUTS)))
        access = cocotb.start_soon(bench.access(Register.PASSES, expect=False))
        await ClockCycles(dut.aclk, bench.rng.randint(1, 6 * bench.config.beats_per_input + 40))
        access.cancel()
        await bench.reset()
    bench.send(bench.pixels())
    await bench.finish()
    assert bench.compared == 1


@_testcase()
async def traffic_is_answered(dut: Any) -> None:
    """Random sequences of accesses, inputs, starts, stops, stalls and resets."""
    bench = AxiBench(dut)
    traffic = Traffic(bench)
    sequences = bench.parameters.values["sequences"]
    for _ in range(sequences):
        await traffic.run()
    assert traffic.sequences == sequences
    assert traffic.inputs
    assert traffic.accesses
    assert traffic.resets


@_testcase()
async def a_program_is_loaded(dut: Any) -> None:
    """Rows of another Program are programmed, verified, read back and run."""
    bench = await _start(dut)
    config, rng = bench.config, bench.rng
    another = random_program(config, np.random.default_rng(bench.parameters.seed))
    program, rows = mixed_program(bench.program, another, _ROWS, rng)
    await bench.quiet()
    words = row_words(config)
    for row in rows:
        await bench.write_all(row_writes(row, Command.PROGRAM, words))
        await bench.write_all(row_writes(row, Command.VERIFY, words))
    assert (await bench.access(Register.ERRORS))[0] == 0
    row = rng.choice(rows)
    await bench.write_all(row_writes(row, Command.READ, words))
    read = [(await bench.access(Register.DATA))[0] for _ in range(words)]
    assert sum(word << 32 * index for index, word in enumerate(read)) == row.bits
    wrong = dataclasses.replace(row, bits=row.bits ^ 1)
    await bench.write_all(row_writes(wrong, Command.VERIFY, words))
    assert (await bench.access(Register.ERRORS))[0] == 1 << 1
    await bench.write_all(constant_writes(program))
    bench.load(program)
    await bench.write(Register.CONTROL, 1)
    bench.send(*(bench.pixels() for _ in range(_INPUTS)))
    await bench.finish()
    assert bench.compared == _INPUTS
    assert (await bench.access(Register.IDENTITY))[0] == IDENTITY
