"""Register addresses and commands of a core.

:mod:`hdl.contract.register_map` describes each register. Without Amaranth: a driver needs nothing else.
"""

import enum

from ..config import CoreConfig

__all__ = [
    "ADDRESS_WIDTH",
    "IDENTITY",
    "VERSION",
    "WORD_WIDTH",
    "Command",
    "Register",
    "code_register",
    "commands",
    "row_words",
]

#: Bits of a register.
WORD_WIDTH = 32

#: Bits of a byte address: the registers occupy a page of 4 KiB.
ADDRESS_WIDTH = 12

#: Value of `Register.IDENTITY`: "BCIM" in ASCII, first letter in the highest byte.
IDENTITY = int.from_bytes(b"BCIM", "big")

#: Value of `Register.VERSION`: changes when the meaning of a register changes.
VERSION = 3


class Register(enum.IntEnum):
    """Byte addresses of the registers."""

    IDENTITY = 0x00
    VERSION = 0x04
    CONFIG_HASH = 0x08
    STATUS = 0x0C
    CONTROL = 0x10
    ERRORS = 0x14
    STREAMS = 0x18
    INPUTS = 0x1C
    CYCLES_LOW = 0x20
    CYCLES_HIGH = 0x24
    PASSES = 0x28
    SEED_LOW = 0x2C
    SEED_HIGH = 0x30
    COMMAND = 0x34
    TARGET = 0x38
    ROW = 0x3C
    DATA = 0x40
    CLASS = 0x44
    GAIN = 0x48
    OFFSET = 0x4C
    SHIFT = 0x50
    UNIT = 0x54
    EXACT = 0x58

    #: Only in cores with predictive probabilities.
    UNKNOWN = 0x5C

    # Only where stochastic units have self-tests.
    SELF_TEST = 0x60
    SELF_TEST_DRAWS = 0x64
    SELF_TEST_DROPS = 0x68
    SELF_TEST_DEVIATION = 0x6C
    SELF_TEST_SELECT = 0x70
    SELF_TEST_BOUND = 0x74
    SELF_TEST_RUNS = 0x78

    #: Only where several are watched.
    SELF_TEST_UNIT = 0x7C

    #: Drop code 0; the others follow, a word each.
    CODES = 0x80

    # Calls of the processor.
    INTERRUPTS = 0xFE0
    INTERRUPT_ENABLE = 0xFE4

    # Only in cores with macros, which have no drop codes.
    PULSES = 0xFF0
    FAILED = 0xFF4

    #: Only where several stochastic units are watched.
    SELF_TEST_ALARMS = 0xFF8


class Command(enum.IntEnum):
    """Values of `Register.COMMAND`.

    Anything else is answered with an error.
    """

    #: Restart the random sequence of the unit from the seed registers; an error if they hold 0.
    RESEED = 1

    #: Write the row buffer to the row.
    PROGRAM = 2

    #: Read the row into the row buffer.
    READ = 3

    #: Compare the row with the row buffer and set the error flag if they differ.
    VERIFY = 4

    #: Set the correction constants of the class.
    STORE_CORRECTION = 5

    #: Read the correction constants of the class.
    FETCH_CORRECTION = 6

    #: Set the counters of inputs and cycles to 0, and restart the self-test.
    CLEAR_COUNTERS = 7

    #: Search for the references of the array again; only in cores with macros.
    CALIBRATE = 8


def commands(config: CoreConfig) -> tuple[Command, ...]:
    """Return the commands of a core, which are consecutive."""
    return tuple(command for command in Command if command is not Command.CALIBRATE or config.macro is not None)


def code_register(index: int) -> int:
    """Return the address of drop code ``index``."""
    return Register.CODES + WORD_WIDTH // 8 * index


def row_words(config: CoreConfig) -> int:
    """Return the number of words of a row."""
    return -(-config.array.cols // WORD_WIDTH)
