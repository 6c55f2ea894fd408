"""The model of a core, whichever its method is."""

import torch

from hdl.config import InputError
from hdl.contract.program import Program

from ..arrays.macro import MacroArrays, MacroChip
from ..arrays.macro_cells import MacroCells
from .integer import IntegerModel
from .sampled import SampledModel

__all__ = ["CoreModel", "core_model"]

#: What computes the logits of a core.
CoreModel = IntegerModel | SampledModel


def core_model(program: Program, device: str | torch.device = "cpu", *, cells: MacroCells | None = None) -> CoreModel:
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
        return SampledModel(program, device, arrays=arrays)
    drawn = program.config.bayes.scheme.draws_weights
    return SampledModel(program, device) if drawn else IntegerModel(program, device)
