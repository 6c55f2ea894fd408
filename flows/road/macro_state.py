"""State of a chip of macros, in golden and in RTL."""

import dataclasses

import torch
from torch import Generator, Tensor

from golden.arrays import MacroArrays, MacroCells, code_probabilities
from golden.chips import OutputSpaceModel, calibrate, moments
from golden.model import Model, core_model
from hdl.config import CoreConfig, InputError
from hdl.contract import Program

from ..base.bounds import LATEST, check_integer, check_real

__all__ = ["MacroState", "PreparedChip", "calibration_images"]

#: Seed of the noise of ideal software, whose moments the logits of a chip get.
_SOFTWARE = 0


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class PreparedChip:
    """Golden's chip, ready to compute."""

    program: Program
    """Program with the logit constants of the chip."""

    model: Model
    """The core that holds it."""

    first_pass: int
    """Passes that were made to find the constants."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class MacroState:
    """Age of a chip and its corrections.

    Raises
    ------
    InputError
        The age is out of range.
    """

    cells: MacroCells
    """Device, and which chip it is."""

    age: float | None = None
    """Age at which it computes, s; without it as it was programmed."""

    calibrated: bool = False
    """Whether the references of all arrays are searched first."""

    images: Tensor | None = None
    """Inputs that the logit constants are found with, shape (n, inputs); those of the Program stay without them."""

    def __post_init__(self) -> None:
        model = self.cells.pair.model
        if self.age is not None:
            check_real("age", self.age, model.first_read, min(model.last_read, LATEST))

    def prepare(self, program: Program, passes: int) -> PreparedChip:
        """Return golden's chip in this state.

        Raises
        ------
        InputError
            No constants fit the registers.
        """
        model = core_model(program, cells=self.cells)
        arrays = model.arrays
        if not isinstance(arrays, MacroArrays):
            raise InputError("macro must be in the configuration of a core with macros, not omitted")
        if self.age is not None:
            arrays.chip.age(self.age)
        if self.calibrated:
            arrays.calibrate_all()
        if self.images is None:
            return PreparedChip(program=program, model=model, first_pass=0)
        ideal = OutputSpaceModel(program, code_probabilities(program), [Generator().manual_seed(_SOFTWARE)])
        wanted = moments(ideal.pre_activations(self.images, passes=passes))
        found = moments(model.pre_activations(self.images, passes=passes).unsqueeze(0))
        (constants,) = calibrate(program, wanted, found)
        if constants.unfit:
            raise InputError(f"correct must be omitted for a chip without constants of class {constants.unfit[0]}")
        own = dataclasses.replace(program, gains=constants.gains, offsets=constants.offsets, shifts=constants.shifts)
        return PreparedChip(program=own, model=Model(own, arrays), first_pass=len(self.images) * passes)


def calibration_images(config: CoreConfig, pixels: Tensor, count: int) -> Tensor:
    """Return ``count`` training inputs, drawn without replacement.

    Raises
    ------
    InputError
        There are not as many.
    """
    check_integer("correct", count, 2, len(pixels))
    return pixels[torch.randperm(len(pixels), generator=Generator().manual_seed(config.training.seed))[:count]]
