"""Bit-sliced counting, one lane per column."""

from .adder import Adder
from .agreement_counter import AgreementCounter
from .carry_save import carry_save_sum
from .columns import Columns
from .popcount import Popcount

__all__ = [
    "Adder",
    "AgreementCounter",
    "Columns",
    "Popcount",
    "carry_save_sum",
]
