"""Program-and-verify by the controller of a macro (docs/numerics.md#appendix-macros)."""

import dataclasses
from typing import Protocol

import torch
from torch import Tensor

from hdl.config import MacroConfig

__all__ = ["Programmable", "Programmed", "program_row"]


class Programmable(Protocol):
    """One word line of a macro."""

    def pulse(self, columns: Tensor, levels: Tensor) -> None:
        """Give a pulse towards ``levels``, int64 of shape (cols,), to the cells of ``columns``, bool of that shape."""

    def verify(self) -> Tensor:
        """Read the levels, int64 of shape (cols,)."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Programmed:
    """Outcome of programming a row."""

    pulses: int
    """Pulses that cells got: one of n columns is n of them."""

    failed: Tensor
    """Cells that are outside the tolerance after the last pulse, bool of shape (cols,)."""


def program_row(row: Programmable, levels: Tensor, macro: MacroConfig) -> Programmed:
    """Program ``row`` to ``levels``, integers of shape (cols,).

    All columns are pulsed and the levels read; those that differ by more than the tolerance are pulsed again, until
    there are none or each of them has got ``max_pulses``. A cell that was within the tolerance once is done.
    """
    columns = torch.ones(len(levels), dtype=torch.bool)
    pulses = 0
    for _ in range(macro.max_pulses):
        row.pulse(columns, levels)
        pulses += int(columns.sum())
        columns = columns & ((row.verify() - levels).abs() > macro.tolerance)
        if not columns.any():
            break
    return Programmed(pulses=pulses, failed=columns)
