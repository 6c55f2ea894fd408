"""Comparison of RTL with golden, value by value."""

import dataclasses
from pathlib import Path

import numpy as np
import numpy.typing as npt

from golden.model import core_model, results, weighted_logits
from hdl.contract import Program

from ..base.console import OnProgress
from . import batch, native
from .macro_state import MacroState
from .native import Simulation

__all__ = ["ENGINES", "Equivalence", "run_both"]

#: Simulators: one image at a time in compiled Verilog, or many as the bits of words.
ENGINES = ("verilator", "lanes")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Equivalence:
    """Numbers of compared and of different values."""

    compared: int
    """Compared logits: inputs × passes × classes."""

    mismatches: int
    """Logits that differ."""

    compared_statistics: int
    """Compared values of the core's own statistics, and of its predictive probabilities where it has them."""

    statistics_mismatches: int
    """Statistics that differ."""


def run_both(
    program: Program,
    verilog: Path,
    pixels: npt.NDArray[np.integer],
    *,
    passes: int,
    exact: bool = False,
    load: bool,
    workers: int | None = None,
    state: MacroState | None = None,
    engine: str = "verilator",
    on_loading: OnProgress | None = None,
    on_progress: OnProgress | None = None,
) -> tuple[Simulation, npt.NDArray[np.int64], Equivalence]:
    """Run ``pixels`` of shape (n, inputs) through the RTL and through the integer model, and compare.

    The keyword arguments are those of :func:`flows.road.native.simulate`, ``state`` is that of the chip where arrays
    are macros, and ``engine`` is one of :data:`ENGINES`. With ``load`` the Program is loaded through the registers
    first; otherwise the core was generated with it.

    Returns
    -------
    Results of the RTL, golden's logits of shape (n, passes, classes), and the comparison.
    """
    first_pass, cells = 0, None
    if state is None:
        model = core_model(program)
    else:
        chip = state.prepare(program, passes)
        program, model, first_pass, cells = chip.program, chip.model, chip.first_pass, state.cells
    if engine == "lanes":
        simulation = batch.simulate(
            program,
            verilog,
            pixels,
            passes=passes,
            exact=exact,
            load=load,
            workers=workers,
            on_loading=on_loading,
            on_progress=on_progress,
        )
    else:
        simulation = native.simulate(
            program,
            verilog,
            pixels,
            passes=passes,
            exact=exact,
            load=load,
            workers=workers,
            cells=cells,
            age=None if state is None else state.age,
            calibrated=state is not None and state.calibrated,
            first_pass=first_pass,
            on_loading=on_loading,
            on_progress=on_progress,
        )
    golden, weights = weighted_logits(model, pixels, passes=passes, exact=exact, first_pass=first_pass)
    wanted = results(golden, program.config, weights=weights)
    # Passes of weight 0 are not sent.
    expected = golden.numpy() if weights is None else (golden * (weights > 0)[:, :, None]).numpy()
    pairs = [(simulation.results[name], values.numpy()) for name, values in wanted.items() if name != "index"]
    return (
        simulation,
        expected,
        Equivalence(
            compared=simulation.logits.size if weights is None else int((weights > 0).sum()) * golden.shape[2],
            mismatches=int((simulation.logits != expected).sum()),
            compared_statistics=sum(values.size for values, _ in pairs),
            statistics_mismatches=sum(int((values != wanted).sum()) for values, wanted in pairs),
        ),
    )
