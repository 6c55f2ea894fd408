"""The registers of a core: addresses, commands and the beats of the register port."""

import enum

from amaranth.lib import data

from .config import CoreConfig

__all__ = ["IDENTITY", "VERSION", "BusReply", "BusRequest", "Command", "Register", "code_register", "row_words"]

#: Value of `Register.IDENTITY`: "BCIM" in ASCII, first letter in the highest byte.
IDENTITY = int.from_bytes(b"BCIM", "big")

#: Value of `Register.VERSION`: changes when the meaning of a register does.
VERSION = 1

_WORD = 32


class Register(enum.IntEnum):
    """Byte addresses of the 32-bit registers.

    A write that is not allowed changes nothing and is answered with an error: to a read-only or an
    unknown register, of a value out of range, and, for `PASSES`, `CODES` and `COMMAND`, while the
    core is enabled or busy.
    """

    #: Read only: :data:`IDENTITY`.
    IDENTITY = 0x00

    #: Read only: :data:`VERSION`.
    VERSION = 0x04

    #: Read only: the first 32 bits of the configuration's hash.
    CONFIG_HASH = 0x08

    #: Bit 0, read only: an input is in the core. Bit 1: a row did not verify; writing 1 clears it.
    STATUS = 0x0C

    #: Bit 0: enable. While it is 0 no further input is started. Reset value 1.
    CONTROL = 0x10

    #: Passes per input, 1 to max_passes.
    PASSES = 0x14

    #: Seed that `RESEED` loads, low word and high word.
    SEED_LOW = 0x18
    SEED_HIGH = 0x1C

    #: Write only: carries out a :class:`Command`, and answers when it is done.
    COMMAND = 0x20

    #: Block of a row: array or column tile in bits 15–0, layer in bits 23–16, bit 24 for thresholds.
    TARGET = 0x24

    #: Place of a row in its block: group in bits 15–0, line in bits 31–16.
    ROW = 0x28

    #: Window on the row buffer, which is as many words long as a row needs and rotates by a word at
    #: each access: write all words of a row, lowest first, before `PROGRAM` or `VERIFY`; read all
    #: of them after `READ`.
    DATA = 0x2C

    #: Class that the correction commands are about.
    CLASS = 0x30

    #: Constants of the class, for `STORE_CORRECTION` and from `FETCH_CORRECTION`, sign-extended.
    GAIN = 0x34
    OFFSET = 0x38
    SHIFT = 0x3C

    #: Drop code of hidden layer 0; those of the other layers follow, a word each.
    CODES = 0x40


class Command(enum.IntEnum):
    """Values of `Register.COMMAND`; anything else is answered with an error."""

    #: Start the random sequence again from the seed registers; an error if they hold 0.
    RESEED = 1

    #: Write the row buffer to the row.
    PROGRAM = 2

    #: Read the row into the row buffer.
    READ = 3

    #: Compare the row with the row buffer and set the status bit if they differ.
    VERIFY = 4

    #: Set the correction constants of the class.
    STORE_CORRECTION = 5

    #: Read the correction constants of the class.
    FETCH_CORRECTION = 6


def code_register(layer: int) -> int:
    """Return the address of the drop code of hidden layer ``layer``."""
    return Register.CODES + 4 * layer


def row_words(config: CoreConfig) -> int:
    """Return the number of words of a row."""
    return -(-config.array.cols // _WORD)


class BusRequest(data.StructLayout):
    """One access to a register.

    Members
    -------
    address : :py:`unsigned(8)`
        Byte address, a multiple of 4.
    write : :py:`unsigned(1)`
        Write ``data``; otherwise read.
    data : :py:`unsigned(32)`
        Value to write.
    """

    def __init__(self):
        super().__init__({"address": 8, "write": 1, "data": _WORD})


class BusReply(data.StructLayout):
    """Answer to one :class:`BusRequest`.

    Members
    -------
    data : :py:`unsigned(32)`
        Value read, 0 for a write.
    error : :py:`unsigned(1)`
        The access was not allowed and changed nothing.
    """

    def __init__(self):
        super().__init__({"data": _WORD, "error": 1})
