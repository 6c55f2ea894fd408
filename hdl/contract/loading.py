"""Register writes that load a Program.

For a running core, and for every kind of driver.
"""

from collections.abc import Iterator, Sequence

from ..config import CoreConfig
from .program import Program
from .registers import Command, Register, code_register, row_words
from .rows import Row, is_cells, program_rows

__all__ = ["calibration_writes", "constant_writes", "program_writes", "row_writes", "seed_writes"]

_WORD_MASK = 2**32 - 1


def row_writes(row: Row, command: Command, words: int) -> Iterator[tuple[int, int]]:
    """Yield the (address, value) writes that execute ``command`` on one row.

    ``words`` is :func:`hdl.contract.registers.row_words`. For `READ` the buffer is read afterwards.
    """
    yield Register.TARGET, row.tile | row.layer << 16 | row.thresholds << 24
    yield Register.ROW, row.group | row.line << 16
    if command is not Command.READ:
        for word in range(words):
            yield Register.DATA, row.bits >> 32 * word & _WORD_MASK
    yield Register.COMMAND, command


def seed_writes(states: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the (address, value) writes that restart the random sequence of each stochastic unit from its state."""
    for unit, state in enumerate(states):
        if len(states) > 1:
            yield Register.UNIT, unit
        yield Register.SEED_LOW, state & _WORD_MASK
        yield Register.SEED_HIGH, state >> 32
        yield Register.COMMAND, Command.RESEED


def program_writes(program: Program, *, verify: bool = True) -> Iterator[tuple[int, int]]:
    """Yield the (address, value) writes that load and, on request, verify all of ``program``.

    The core must be disabled and idle. Afterwards `Register.ERRORS` reports whether every row verified. The cells of
    macros are verified while they are programmed, and not again.
    """
    words = row_words(program.config)
    for row in program_rows(program):
        yield from row_writes(row, Command.PROGRAM, words)
        if verify and not is_cells(program.config, row):
            yield from row_writes(row, Command.VERIFY, words)
    yield from constant_writes(program)


def calibration_writes(config: CoreConfig) -> Iterator[tuple[int, int]]:
    """Yield the (address, value) writes that calibrate all macros; the core must be disabled and idle."""
    for layer in config.layers:
        for tile in range(layer.arrays):
            yield Register.TARGET, tile | layer.index << 16
            yield Register.COMMAND, Command.CALIBRATE


def constant_writes(program: Program) -> Iterator[tuple[int, int]]:
    """Yield the (address, value) writes that load all of ``program`` but its rows.

    The core must be disabled and idle.
    """
    for index in range(program.config.network.classes):
        yield Register.CLASS, index
        yield Register.GAIN, int(program.gains[index]) & _WORD_MASK
        yield Register.OFFSET, int(program.offsets[index]) & _WORD_MASK
        yield Register.SHIFT, int(program.shifts[index])
        yield Register.COMMAND, Command.STORE_CORRECTION
    for layer, code in enumerate(program.codes):
        yield code_register(layer), int(code)
    yield from seed_writes(program.config.stochastic.seeds(program.seed))
