"""Model of a core with any arrays."""

import torch

from hdl.config import InputError
from hdl.contract import Program

from ..arrays import DigitalArrays, MacroArrays, MacroCells, MacroChip
from .integer import IntegerModel
from .model import Model

__all__ = ["core_model"]


def core_model(program: Program, device: str | torch.device = "cpu", *, cells: MacroCells | None = None) -> Model:
    """Return the exact model of the core that is loaded with ``program``, computing on ``device``.

    Where the arrays are macros, ``cells`` are the device and the chip, which is programmed here.

    Raises
    ------
    InputError
        There are macros and no cells, or cells and no macros.
    """
    if (cells is None) != (program.config.macro is None):
        wanted = "given for a core with macros" if cells is None else "omitted without macros"
        raise InputError(f"cells must be {wanted}, not {cells!r}")
    if cells is not None:
        arrays = MacroArrays(MacroChip(program.config, cells))
        arrays.program(program)
        return Model(program, arrays, device)
    if program.config.bayes.scheme.draws_weights:
        return Model(program, DigitalArrays(program, device), device)
    return IntegerModel(program, device)
