"""Random traffic on all ports of a core.

Each sequence is compared as a whole.
"""

import dataclasses
from collections.abc import Awaitable, Callable

import numpy as np
from cocotb.triggers import ClockCycles

from hdl.config import Measure
from hdl.contract import Command, Register, Row, code_register, program_rows, register_map, row_words, row_writes

from ..agents.stalls import Stalls
from .axi_bench import AxiBench
from .register_model import SELF_TEST_FOUND

__all__ = ["Traffic"]

#: Actions of a sequence.
_ACTIONS = range(1, 8)

#: How often a sequence ends with a reset in its middle.
_RESETS = 0.1

#: Registers whose value depends on time while inputs are in the core.
_LIVE = (
    Register.STATUS,
    Register.INPUTS,
    Register.CYCLES_LOW,
    Register.CYCLES_HIGH,
    Register.ERRORS,
    Register.INTERRUPTS,
)


class Traffic:
    """Random sequences of actions on a core.

    Accesses, inputs, malformed packets, starts, stops, changes of stalls, and resets.

    Parameters
    ----------
    bench
        The core and its models.
    """

    def __init__(self, bench: AxiBench):
        self._bench = bench
        self._rng = bench.rng
        self._rows = list(program_rows(bench.program))
        self._malformed = False
        self.sequences = self.inputs = self.accesses = self.resets = 0
        """Actions so far."""

    async def run(self) -> None:
        """Do one sequence, on a core in any state, and compare all of its outputs."""
        bench, rng = self._bench, self._rng
        if not self.sequences or rng.random() < _RESETS:
            await bench.reset()
            self.resets += 1
        bench.stall(*(rng.choice(list(Stalls)) for _ in range(3)))
        self._malformed = False
        actions: tuple[Callable[[], Awaitable[None]], ...] = (self._send, self._send, self._access, self._access)
        for _ in range(rng.choice(_ACTIONS)):
            await rng.choice((*actions, self._malform, self._restart, self._sample, self._row))()
        if rng.random() < _RESETS:
            await ClockCycles(bench.dut.aclk, rng.randint(1, 100))
            await bench.reset()
            self.resets += 1
        await bench.write(Register.CONTROL, 1)
        await bench.finish()
        await bench.quiet()
        for register in (Register.ERRORS, Register.INTERRUPTS, Register.INPUTS, Register.PASSES, Register.STREAMS):
            await bench.access(register)
        await bench.compare_interrupt()
        if rng.getrandbits(1):
            await bench.write(Register.ERRORS, bench.model.errors)
        if rng.getrandbits(1):
            await bench.write(Register.INTERRUPTS, rng.getrandbits(2))
        await bench.write(Register.INTERRUPT_ENABLE, rng.getrandbits(2))
        await bench.write(Register.CONTROL, rng.getrandbits(1))
        self.sequences += 1

    async def _send(self) -> None:
        count = self._rng.randint(1, 2)
        self._bench.send(*(self._bench.pixels() for _ in range(count)))
        self.inputs += count

    async def _malform(self) -> None:
        beats = self._bench.config.beats_per_input
        length = self._rng.choice([*range(1, beats), beats + 1, 2 * beats])
        self._bench.send_malformed(length)
        self._malformed = True

    async def _access(self) -> None:
        """Read or write a register, allowed or not, that changes no result."""
        bench, rng = self._bench, self._rng
        registers = {entry.address for entry in register_map(bench.config)}
        live = (*_LIVE, *registers.intersection(SELF_TEST_FOUND))
        for _ in range(rng.randint(1, 4)):
            address = rng.choice((*Register, 0xF00, Register.CODES + 4 * rng.randrange(20)))
            if rng.getrandbits(1):
                await bench.access(address, expect=address not in live)
            elif bench.model.enable:
                # While it runs no setting can be changed: that is the property under test.
                value = rng.choice((0, 1, rng.getrandbits(8), rng.getrandbits(32)))
                if address not in (Register.CONTROL, Register.ERRORS, Register.INTERRUPTS, Register.INTERRUPT_ENABLE):
                    await bench.access(address, value, strobe=rng.choice((0b1111, 0b0001, 0b0110, 0b1000)))
            else:
                await bench.access(rng.choice((Register.IDENTITY, Register.STATUS, 0xFFC)), rng.getrandbits(32))
            self.accesses += 1

    async def _restart(self) -> None:
        """Stop, with or without waiting, and start again."""
        bench, rng = self._bench, self._rng
        if rng.getrandbits(1):
            await bench.quiet()
        else:
            await bench.write(Register.CONTROL, 0)
            await ClockCycles(bench.dut.aclk, rng.randint(1, 50))
        await bench.write(Register.CONTROL, 1)

    async def _sample(self) -> None:
        """Change passes, mode, codes, streams and seed."""
        bench, rng, config = self._bench, self._rng, self._bench.config
        await bench.quiet()
        await bench.write(Register.PASSES, rng.randint(1, config.bayes.max_passes))
        await bench.write(Register.STREAMS, rng.getrandbits(1))
        if config.measures is not None:
            threshold = rng.randrange(2 ** rng.randint(0, config.measures.threshold_width))
            await bench.write(Register.UNKNOWN, rng.randrange(len(Measure)) << 24 | threshold)
        if config.passes_weighted:
            await bench.write(Register.EXACT, rng.getrandbits(1))
        codes = [rng.getrandbits(config.random.draw_bits) for _ in range(len(config.stochastic.drop_codes))]
        for layer, code in enumerate(codes):
            await bench.write(code_register(layer), code)
        program = dataclasses.replace(bench.program, codes=np.array(codes, dtype=np.int64))
        bench.load(program, first_pass=bench.passes_done)
        if rng.getrandbits(1):
            await bench.reseed(rng.getrandbits(config.random.lfsr_width))
        await bench.write(Register.CONTROL, 1)

    async def _row(self) -> None:
        """Program a row anew, read it, or verify it rightly or wrongly."""
        bench, rng = self._bench, self._rng
        row: Row = rng.choice(self._rows)
        command = rng.choice((Command.PROGRAM, Command.READ, Command.VERIFY))
        await bench.quiet()
        if command is Command.VERIFY and rng.getrandbits(1):
            row = dataclasses.replace(row, bits=row.bits ^ 1 << rng.randrange(bench.config.array.cols))
        words = row_words(bench.config)
        await bench.write_all(row_writes(row, command, words))
        if command is Command.READ:
            for _ in range(words):
                await bench.access(Register.DATA)
        await bench.write(Register.CONTROL, 1)
