import numpy as np
import pytest

from golden.data import random_program
from hdl.config import CoreConfig
from hdl.config.geometries import geometry
from hdl.contract import (
    Command,
    Register,
    code_register,
    program_rows,
    program_writes,
    row_words,
    row_writes,
    seed_writes,
)

from ..configurations import CONFIGURATIONS, SMALLEST, cases

WIDE = geometry("widest")


class Registers:
    """Model of the registers without hardware, which collects the programmed rows."""

    def __init__(self, words):
        self.values = {}
        self.window = [0] * words
        self.rows = {}
        self.verified = {}
        self.read = []
        self.corrections = {}
        self.seeds = []

    def write(self, address, value):
        assert 0 <= address < 256
        assert 0 <= value < 2**32
        self.values[address] = value
        if address == Register.DATA:
            self.window = [*self.window[1:], value]
        elif address == Register.COMMAND:
            self._command(Command(value))

    def _command(self, command):
        values = self.values
        if command is Command.RESEED:
            self.seeds.append(values[Register.SEED_LOW] | values[Register.SEED_HIGH] << 32)
        elif command is Command.STORE_CORRECTION:
            constants = tuple(values[register] for register in (Register.GAIN, Register.OFFSET, Register.SHIFT))
            self.corrections[values[Register.CLASS]] = constants
        else:
            target, row = values[Register.TARGET], values[Register.ROW]
            key = (target >> 16 & 0xFF, target >> 24, target & 0xFFFF, row & 0xFFFF, row >> 16)
            bits = sum(word << 32 * index for index, word in enumerate(self.window))
            if command is Command.PROGRAM:
                self.rows[key] = bits
            elif command is Command.VERIFY:
                self.verified[key] = bits
            else:
                self.read.append(key)


@pytest.mark.parametrize("config", cases([*CONFIGURATIONS, WIDE]))
@pytest.mark.parametrize("verify", [False, True])
def test_program_writes(config, verify):
    program = random_program(config, np.random.default_rng(6))
    registers = Registers(row_words(config))
    for address, value in program_writes(program, verify=verify):
        registers.write(int(address), int(value))
    rows = {(row.layer, row.thresholds, row.tile, row.group, row.line): row.bits for row in program_rows(program)}
    assert registers.rows == rows
    assert registers.verified == (rows if verify else {})
    columns = zip(program.gains.tolist(), program.offsets.tolist(), program.shifts.tolist(), strict=True)
    assert registers.corrections == {
        index: tuple(constant % 2**32 for constant in constants) for index, constants in enumerate(columns)
    }
    for layer, code in enumerate(program.codes.tolist()):
        assert registers.values[code_register(layer)] == code
    assert registers.seeds == [program.seed]
    assert registers.read == []


@pytest.mark.parametrize("seed", [1, 2**32, 2**50 + 3, 2**64 - 1])
def test_seed_writes(seed):
    registers = Registers(1)
    for address, value in seed_writes([seed]):
        registers.write(address, value)
    assert registers.seeds == [seed]


def test_row_that_is_read():
    """It is not written first."""
    program = random_program(WIDE, np.random.default_rng(6))
    registers = Registers(row_words(WIDE))
    rows = list(program_rows(program))
    for row in rows:
        for address, value in row_writes(row, Command.READ, row_words(WIDE)):
            assert address != Register.DATA
            registers.write(address, value)
    assert registers.read == [(row.layer, row.thresholds, row.tile, row.group, row.line) for row in rows]


@pytest.mark.parametrize(("cols", "words"), [(2, 1), (32, 1), (33, 2), (64, 2), (65, 3)])
def test_row_words(cols, words):
    array = {"rows": 2, "cols": cols, "rows_per_read": 2}
    assert row_words(CoreConfig.model_validate(SMALLEST.model_dump(mode="json") | {"array": array})) == words
