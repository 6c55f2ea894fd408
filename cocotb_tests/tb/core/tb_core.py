"""Testbench of :class:`hdl.core.Core`.

The Verilog may have any form. Memories outlive a test: only the last one, :func:`rows_are_reprogrammed`, changes them.
"""

import dataclasses
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import FallingEdge

from cocotb_tests.agents.clocking import cycles
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.core_bench import CoreBench
from cocotb_tests.benches.mixed_program import mixed_program, with_padding
from golden.data import random_program
from hdl.config import CoreConfig, Measure
from hdl.contract import IDENTITY, Command, Register, code_register, constant_writes, program_rows, seed_writes

#: Cycles that the inputs of one test may take: Icarus does a thousand a second.
_CYCLES = 1500

#: Inputs of one test, if they fit.
_INPUTS = range(2, 6)

#: Rows that are reprogrammed in a core that has more, and those that are read back.
_ROWS = 200
_ROWS_READ = 12

_COUNTERS = (Register.INPUTS, Register.CYCLES_LOW, Register.CYCLES_HIGH)

#: Registers of every core that no refused access and no input may change.
_READABLE = tuple(
    register
    for register in Register
    if register
    not in (Register.COMMAND, Register.CODES, Register.INTERRUPTS, Register.PULSES, Register.FAILED, *_COUNTERS)
    and not register.name.startswith("SELF_TEST")
)


def _inputs(config: CoreConfig) -> int:
    """Return the number of inputs that a test of a core of this size is run with."""
    reads = max(config.network.classes, *(layer.beats * layer.reads for layer in config.layers[1:]))
    estimate = max(config.beats_per_input, _first_reads(config)) + config.bayes.passes * reads
    return int(np.clip(_CYCLES // estimate, _INPUTS.start, _INPUTS.stop - 1))


def _first_reads(config: CoreConfig) -> int:
    """Return the array reads of the first layer for one input."""
    return config.layers[0].beats * config.layers[0].reads


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def all_passes_agree(dut: Any, source: Stalls, sink: Stalls) -> None:
    """Logits of every pass and statistics of every input, from the initial contents."""
    bench = CoreBench(dut, source, sink)
    inputs = _inputs(bench.config)
    await bench.reset()
    await bench.send(inputs)
    await bench.finish(inputs=inputs)


@testcase()
async def a_reset_stops_everything(dut: Any) -> None:
    """At any moment; afterwards memories are as they were, and registers and the random sequence as at first."""
    bench = CoreBench(dut, Stalls.NEVER, Stalls.OFTEN)
    config = bench.config
    span = config.beats_per_input + _first_reads(config) + 4 * config.bayes.passes
    for _ in range(3):
        await bench.reset()
        await bench.registers.write(Register.SEED_LOW, 1)
        sending = cocotb.start_soon(bench.send(3))
        await cycles(dut, bench.rng.randint(span // 3, 3 * span))
        sending.cancel()
    await bench.reset()
    await bench.send(2)
    await bench.finish(inputs=2)


@testcase()
async def passes_and_codes_change(dut: Any) -> None:
    """While the core is disabled and idle; the random sequence goes on."""
    bench = CoreBench(dut, ports=Stalls.OFTEN)
    config, registers, rng = bench.config, bench.registers, bench.rng
    await bench.reset()
    highest = 2**config.random.draw_bits - 1
    numbers = [config.bayes.passes, 1, config.bayes.max_passes]
    for inputs, passes in enumerate(numbers, start=1):
        # Codes that never drop, that nearly always drop, and others.
        codes = [rng.choice((0, highest, rng.randint(0, highest))) for _ in range(len(config.stochastic.drop_codes))]
        await registers.disable()
        await registers.write(Register.PASSES, passes)
        assert await registers.read(Register.PASSES) == passes
        for layer, code in enumerate(codes):
            await registers.write(code_register(layer), code)
            assert await registers.read(code_register(layer)) == code
        bench.load(
            dataclasses.replace(bench.program, codes=np.array(codes, dtype=np.int64)), first_pass=bench.passes_done
        )
        bench.passes = passes
        await registers.enable()
        await bench.send(1)
        await bench.finish(inputs=inputs)


@testcase()
async def a_new_seed_starts_the_sequence_again(dut: Any) -> None:
    """Its own, the first and the last seed; 0 is refused and the sequence goes on."""
    bench = CoreBench(dut)
    width = bench.config.random.lfsr_width
    await bench.reset()
    for inputs, seed in enumerate((bench.program.seed, 1, 2**width - 1), start=1):
        await bench.registers.disable()
        await bench.registers.write_all(seed_writes(bench.config.stochastic.seeds(seed)))
        bench.load(dataclasses.replace(bench.program, seed=seed))
        await bench.registers.enable()
        await bench.send(1)
        await bench.finish(inputs=inputs)
    await bench.registers.disable()
    await bench.registers.write(Register.SEED_LOW, 0)
    await bench.registers.write(Register.SEED_HIGH, 0)
    assert (await bench.registers.access(Register.COMMAND, write=1, data=Command.RESEED))["error"]
    await bench.registers.enable()
    await bench.send(1)
    await bench.finish(inputs=4)


@testcase()
async def started_inputs_are_finished(dut: Any) -> None:
    """After the core was disabled; it then starts none of those that it holds until it is enabled."""
    bench = CoreBench(dut, Stalls.NEVER, Stalls.OFTEN)
    inputs = _inputs(bench.config) + 1
    await bench.reset()
    sending = cocotb.start_soon(bench.send(inputs))
    while not bench.started:
        await FallingEdge(dut.clk)
    await bench.registers.disable()
    assert not bench.logits.pending, f"{bench.logits.pending} logits are missing, but the core says it is idle"
    assert not bench.results.pending, f"{bench.results.pending} results are missing, but the core says it is idle"
    started = bench.started
    await cycles(dut, 2 * _first_reads(bench.config) + _CYCLES // 10)
    assert bench.started == started, "an input was started while the core was disabled"
    await bench.registers.enable()
    await sending
    await bench.finish(inputs=inputs)

    # The pixel buffer holds two inputs, so that these are taken.
    await bench.registers.disable()
    await bench.send(2)
    await cycles(dut, 2 * _first_reads(bench.config) + _CYCLES // 10)
    assert (bench.started, bench.waiting) == (inputs, 2), "an input was started while the core was disabled"
    await bench.registers.enable()
    await bench.finish(inputs=inputs + 2)


@testcase()
async def refused_accesses_change_nothing(dut: Any) -> None:
    """While the core is enabled, and accesses that are never allowed while it is disabled and idle."""
    bench = CoreBench(dut, sink=Stalls.OFTEN, ports=Stalls.OFTEN)
    config, registers = bench.config, bench.registers
    await bench.reset()
    readable = [address for address in _READABLE if address != Register.UNKNOWN or config.measures is not None]
    before = {address: await registers.read(address) for address in readable}
    assert before[Register.IDENTITY] == IDENTITY
    assert before[Register.CONFIG_HASH] == int(config.hash[:8], 16)
    assert before[Register.PASSES] == config.bayes.passes
    sending = cocotb.start_soon(bench.send(2))
    while_running: list[tuple[int, int]] = [(Register.PASSES, 1), *((Register.COMMAND, command) for command in Command)]
    while_running += [(code_register(layer), 0) for layer in range(len(config.stochastic.drop_codes))]
    for address, value in while_running:
        assert (await registers.access(address, write=1, data=value))["error"], f"{address:#04x}, {value}"
    await sending
    await bench.finish(inputs=2)
    await registers.disable()
    never: list[tuple[int, int]] = [
        *((address, 0) for address in (Register.IDENTITY, Register.VERSION, Register.CONFIG_HASH)),
        (code_register(len(config.stochastic.drop_codes)), 0),
        (Register.CONTROL, 2),
        (Register.PASSES, 0),
        (Register.PASSES, config.bayes.max_passes + 1),
        (Register.CLASS, config.network.classes),
        (Register.SHIFT, config.logits.max_shift + 1),
        (Register.COMMAND, 0),
        (Register.COMMAND, max(Command) + 1),
    ]
    for address, value in never:
        assert (await registers.access(address, write=1, data=value))["error"], f"{address:#04x}, {value}"
    # The last layer has no neurons.
    await registers.write(Register.TARGET, len(config.layers) - 1 << 16 | 1 << 24)
    assert (await registers.access(Register.COMMAND, write=1, data=Command.PROGRAM))["error"]
    await registers.write(Register.TARGET, 0)
    await registers.enable()
    after = {address: await registers.read(address) for address in readable}
    assert after == before | {Register.ERRORS: 1}
    # Of errors and of inputs that are done; an alarm depends on the draws.
    assert await registers.read(Register.INTERRUPTS) & 0b11 == 0b11
    await bench.send(1)
    await bench.finish(inputs=3)


@testcase()
async def malformed_packets_are_dropped(dut: Any) -> None:
    """Inputs before and after them are computed; the flags say what happened until they are cleared."""
    bench = CoreBench(dut, sink=Stalls.OFTEN)
    config, registers = bench.config, bench.registers
    await bench.reset()
    inputs = _inputs(config)
    for index in range(inputs):
        for _ in range(bench.rng.randrange(config.beats_per_input)):
            await bench.pixels.send({"pixels": [0] * config.ports.pixels_per_beat})
        await bench.discard(long=bool(index % 2))
        await bench.send(1)
    await bench.finish(inputs=inputs)
    assert await registers.read(Register.ERRORS) == 0b1100
    assert await registers.read(Register.INPUTS) == inputs
    await registers.write(Register.ERRORS, 0b0100)
    assert await registers.read(Register.ERRORS) == 0b1000


@testcase()
async def logits_are_switched_off(dut: Any) -> None:
    """While the core is disabled and idle; then nobody needs to take them, and the results are the same."""
    bench = CoreBench(dut, sink=Stalls.OFTEN)
    await bench.reset()
    await bench.registers.disable()
    await bench.registers.write(Register.STREAMS, 0)
    await bench.registers.enable()
    bench.logits_wanted = False
    await bench.send(2)
    await bench.finish(inputs=2)
    await bench.registers.disable()
    await bench.registers.write(Register.STREAMS, 1)
    await bench.registers.enable()
    bench.logits_wanted = True
    await bench.send(1)
    await bench.finish(inputs=3)


@testcase()
async def unknown_is_chosen(dut: Any) -> None:
    """Each measure, while the core is disabled and idle; a core without probabilities has no such register."""
    bench = CoreBench(dut, sink=Stalls.OFTEN)
    registers, measures = bench.registers, bench.config.measures
    await bench.reset()
    if measures is None:
        for access in ({"write": 1, "data": 0}, {"write": 0}):
            assert (await registers.access(Register.UNKNOWN, **access))["error"]
        return
    value = await registers.read(Register.UNKNOWN)
    assert (await registers.access(Register.UNKNOWN, write=1, data=value))["error"], "it was changed in an enabled core"
    for inputs, measure in enumerate(Measure, start=1):
        threshold = bench.rng.randrange(2**measures.probability_bits)
        await registers.disable()
        await registers.write(Register.UNKNOWN, measure.code << 24 | threshold)
        assert (await registers.access(Register.UNKNOWN, write=1, data=len(Measure) << 24))["error"]
        bench.unknown = (measure, threshold)
        await registers.enable()
        await bench.send(1)
        await bench.finish(inputs=inputs)


@testcase()
async def the_exact_mode_is_switched(dut: Any) -> None:
    """While the core is disabled and idle, where passes have weights; nothing is drawn in it, and no mask elsewhere."""
    bench = CoreBench(dut, sink=Stalls.OFTEN)
    registers = bench.registers
    await bench.reset()
    for inputs, exact in enumerate((1, 0, 1, 0), start=1):
        assert (await registers.access(Register.EXACT, write=1, data=exact))["error"], "the core is enabled"
        await registers.disable()
        answer = await registers.access(Register.EXACT, write=1, data=exact)
        assert bool(answer["error"]) == (exact and not bench.config.passes_weighted)
        assert await registers.read(Register.EXACT) == exact * bench.config.passes_weighted
        await registers.enable()
        bench.exact = bool(exact) and bench.config.passes_weighted
        await bench.send(1)
        await bench.finish(inputs=inputs)


@testcase()
async def rows_are_reprogrammed(dut: Any) -> None:
    """Another Program, with garbage in the padding, is loaded, verified, read back and run, also after a reset."""
    bench = CoreBench(dut)
    config, registers, rng = bench.config, bench.registers, bench.rng
    first = bench.program
    another = random_program(config, np.random.default_rng(bench.parameters.seed))
    program, rows = mixed_program(first, another, _ROWS, rng)
    rows = [with_padding(config, row, rng) for row in rows]
    places = {dataclasses.replace(row, bits=0) for row in rows}
    others = [row for row in program_rows(first) if dataclasses.replace(row, bits=0) not in places]
    await bench.reset()
    await bench.send(1)
    await bench.finish(inputs=1)
    await registers.disable()
    for row in rows:
        await registers.program_row(row)
    for row in rows:
        assert await registers.row_verifies(row), f"{row} does not verify"
    for row in rng.sample(rows, min(len(rows), _ROWS_READ)):
        assert await registers.read_row(row) == row.bits, row
        wrong = dataclasses.replace(row, bits=row.bits ^ 1 << rng.randrange(config.array.cols))
        assert not await registers.row_verifies(wrong), f"{wrong} verifies, but {row} was written"
    for row in rng.sample(others, min(len(others), _ROWS_READ)):
        assert await registers.read_row(row) == row.bits, f"{row} was changed"
    await registers.write_all(constant_writes(program))
    bench.load(program)
    await registers.enable()
    inputs = _inputs(config)
    await bench.send(inputs)
    await bench.finish(inputs=1 + inputs)
    await bench.reset(dataclasses.replace(program, codes=first.codes, seed=first.seed))
    await bench.send(1)
    await bench.finish(inputs=1)
