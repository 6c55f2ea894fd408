"""Preparation of a core for a run."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from golden.draws import states_after, stochastic_unit
from hdl.contract import Program, Register, program_writes, seed_writes

from .core import NativeCore

__all__ = ["load", "loading_writes", "start"]

#: Register writes between two reports of progress: the Program of a large core takes millions.
_WRITES = 5_000


def loading_writes(program: Program) -> npt.NDArray[np.uint32]:
    """Return the register writes that load and verify ``program``, shape (n, 2): address and value."""
    return np.fromiter(program_writes(program), dtype=np.dtype((np.uint32, 2)))


def load(core: NativeCore, writes: npt.NDArray[np.uint32], on_done: Callable[[int], None] | None = None) -> None:
    """Load a Program into a core after reset.

    Parameters
    ----------
    core
        The core.
    writes
        Writes from :func:`loading_writes`.
    on_done
        Called with the number of finished writes; an exception in it ends the work.

    Raises
    ------
    RuntimeError
        The core refused a write, or did not keep a row. Cells of macros that failed are no error: they are counted in
        the register `FAILED`.
    """
    core.write(Register.CONTROL, 0)
    for first in range(0, len(writes), _WRITES):
        core.write_all(writes[first : first + _WRITES])
        if on_done is not None:
            on_done(min(first + _WRITES, len(writes)))
    if core.read(Register.ERRORS) and not core.failed_cells:
        raise RuntimeError("the core did not keep all rows of the Program: a row did not verify")


def start(
    core: NativeCore, program: Program, passes: int, *, inputs: int, exact: bool = False, first_input: int = 0
) -> None:
    """Enable a core that holds ``program``, its random sequence set to input ``first_input`` of a data set.

    A core with an external source of draws is given those of golden for ``inputs`` inputs, and no more.
    """
    core.write(Register.CONTROL, 0)
    core.write(Register.STREAMS, 1)
    core.write(Register.PASSES, passes)
    if program.config.passes_weighted:
        core.write(Register.EXACT, int(exact))
    core.write_all(seed_writes(states_after(program, first_input * passes)))
    if program.config.stochastic.external:
        first_pass = first_input * passes
        draws = stochastic_unit.draws(program.config, program.seed, inputs, passes=passes, first_pass=first_pass)
        core.feed(draws.numpy())
    core.write(Register.CONTROL, 1)
