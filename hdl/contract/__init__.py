"""Contract between golden, driver and hardware.

Program, rows and registers, without Amaranth.
"""

from .array_file import ArrayFile
from .loading import calibration_writes, constant_writes, program_writes, row_writes, seed_writes
from .program import SCHEMA, Integers, Program
from .register_map import Access, Field, RegisterEntry, address_field_width, register_map
from .registers import (
    ADDRESS_WIDTH,
    IDENTITY,
    VERSION,
    WORD_WIDTH,
    Command,
    Register,
    code_register,
    commands,
    row_words,
)
from .rows import Row, array_levels, array_rows, is_cells, neuron_rows, program_rows, target_counts

__all__ = [
    "ADDRESS_WIDTH",
    "IDENTITY",
    "SCHEMA",
    "VERSION",
    "WORD_WIDTH",
    "Access",
    "ArrayFile",
    "Command",
    "Field",
    "Integers",
    "Program",
    "Register",
    "RegisterEntry",
    "Row",
    "address_field_width",
    "array_levels",
    "array_rows",
    "calibration_writes",
    "code_register",
    "commands",
    "constant_writes",
    "is_cells",
    "neuron_rows",
    "program_rows",
    "program_writes",
    "register_map",
    "row_words",
    "row_writes",
    "seed_writes",
    "target_counts",
]
