"""Whole flow, step by step."""

import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cocotb_tests.blocks.blocks import blocks
from cocotb_tests.runner.runner import Result
from cocotb_tests.runner.simulators import Simulator
from golden.training import TrainingState

from ..base.console import progress
from ..base.files import to_json
from ..base.products import Products
from ..base.provenance import versions
from ..base.twin_place import TwinPlace
from ..report import report
from ..report.report_record import ReportRecord
from ..road.generate import generate
from ..road.lower import lower
from ..road.macro_cells import macro_cells
from ..road.regress import regress
from ..road.simulate import simulate
from ..road.train import train
from ..studies.registry import find_studies
from ..synthesis.synth import synth
from .journal import Journal, source_digest

__all__ = ["Step", "run", "steps"]

#: Testbenches of the demo, one of which exists for each configuration: that of the generated core, or that between
#: macros. `make test` runs the testbench of every block.
_REGRESSED = ("axi_core", "macro_core")

#: Packages that determine the function of a network.
_MODEL = ("hdl", "golden")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Step:
    """Step with its inputs, outputs and action."""

    name: str
    """Name in messages and in the journal."""

    packages: tuple[str, ...]
    """Packages whose source code determines the outputs."""

    inputs: tuple[Path, ...]
    """Files that the step reads."""

    outputs: tuple[Path, ...]
    """Files that the step writes."""

    act: Callable[[bool], object]
    """Action; its argument tells whether it may continue from the remains of an earlier attempt."""

    settings: Any = None
    """Any other settings that determine the outputs."""

    def key(self, products: Products) -> str:
        """Return a digest of everything that determines the outputs."""
        inputs = [hashlib.sha256(path.read_bytes()).hexdigest() for path in self.inputs]
        parts = (products.config, versions(), source_digest(self.packages), inputs, self.settings)
        return hashlib.sha256(to_json(parts).encode()).hexdigest()


def steps(
    products: Products,
    simulators: Sequence[Simulator],
    *,
    skipped: Mapping[str, str],
    data: Path | None = None,
    on_result: Callable[[Result], None],
) -> list[Step]:
    """Return the steps of the demo in their order.

    Parameters
    ----------
    products
        Products of all steps.
    simulators
        Simulators of the regression.
    skipped
        Simulators that are skipped, with the reasons.
    data
        Directory of the data set, if it does not come with a package.
    on_result
        Called with the result of each block's testbench.
    """
    name = products.config.name
    passes = products.config.bayes.max_passes
    core = (products.verilog, products.metadata)
    simulations = (products.simulation, products.logits)
    regressed = [block for block in blocks(products.config) if block in _REGRESSED]
    further = (products.mapping, *(products.study(each.name) for each in find_studies()))
    twin = _twin_steps(products, data) if TwinPlace.of(products.config).runs else []

    return [
        Step(
            name="train",
            packages=_MODEL,
            inputs=(),
            outputs=(products.checkpoint,),
            act=lambda again: _train(products, data, f"train {name}", restart=not again),
        ),
        Step(
            name="lower",
            packages=_MODEL,
            inputs=(products.checkpoint,),
            outputs=(products.program,),
            act=lambda _: lower(products),
        ),
        Step(
            name="generate",
            packages=(*_MODEL, "flows"),
            inputs=(products.program,),
            outputs=core,
            act=lambda _: generate(products),
        ),
        Step(
            name="regress",
            packages=(*_MODEL, "cocotb_tests"),
            inputs=(products.program,),
            outputs=(products.regression,),
            act=lambda _: regress(products, simulators, skipped=dict(skipped), blocks=regressed, on_result=on_result),
            settings=[regressed, *((simulator.name, simulator.version) for simulator in simulators)],
        ),
        Step(
            name="simulate",
            packages=(*_MODEL, "flows"),
            inputs=(products.program, products.checkpoint, *core),
            outputs=simulations,
            act=lambda _: _simulate(products, data, f"simulate {name}", passes=passes, deterministic=False),
        ),
        *twin,
        Step(
            name="synthesize",
            packages=("flows",),
            inputs=(products.verilog,),
            outputs=(products.synthesis,),
            act=lambda _: _synthesize(products, f"synthesize {name}"),
        ),
        Step(
            name="report",
            packages=(*_MODEL, "flows"),
            inputs=(
                *simulations,
                *(twin[-1].outputs if twin else ()),
                products.synthesis,
                products.regression,
                *(path for path in further if path.exists()),
            ),
            outputs=(products.report, products.figures),
            act=lambda _: report(products),
        ),
    ]


def _twin_steps(products: Products, data: Path | None) -> list[Step]:
    """Return the steps of the deterministic twin up to its simulation, which is the last one."""
    twin, host = products.twin, products.core(deterministic=True)
    name = products.config.name
    core = (host.verilog, host.metadata)
    found = [
        Step(
            name="train the deterministic twin",
            packages=_MODEL,
            inputs=(),
            outputs=(twin.checkpoint,),
            act=lambda again: _train(
                products.choose(deterministic=True), data, f"train {name}, deterministic", restart=not again
            ),
        ),
        Step(
            name="lower the deterministic twin",
            packages=_MODEL,
            inputs=(twin.checkpoint,),
            outputs=(twin.program,),
            act=lambda _: lower(twin),
        ),
        Step(
            name="simulate the deterministic twin",
            packages=(*_MODEL, "flows"),
            inputs=(twin.program, twin.checkpoint, *core),
            outputs=(twin.simulation, twin.logits),
            act=lambda _: _simulate(products, data, f"simulate {name}, deterministic", passes=1, deterministic=True),
        ),
    ]
    if host == twin:
        own_core = Step(
            name="generate the deterministic twin",
            packages=("hdl",),
            inputs=(twin.program,),
            outputs=core,
            act=lambda _: generate(twin),
        )
        found.insert(-1, own_core)
    return found


def run(products: Products, plan: Sequence[Step], on_step: Callable[[int, Step, bool], None]) -> ReportRecord:
    """Take every step that is not up to date, and return the numbers of the report.

    ``on_step`` is called before each step with its number, from 1, and whether it is up to date.
    """
    journal = Journal(products.steps)
    for number, step in enumerate(plan, start=1):
        key = step.key(products)
        done = journal.done(step.name, key, step.outputs)
        on_step(number, step, done)
        if not done:
            again = journal.begun(step.name, key)
            journal.begin(step.name, key)
            step.act(again)
            journal.finish(step.name, key, step.outputs)
    return ReportRecord.read(products.figures, products.made_by("report"))


def _train(products: Products, data: Path | None, title: str, *, restart: bool) -> None:
    with progress(title) as advance:

        def on_epoch(state: TrainingState) -> None:
            advance(state.epoch, products.config.training.epochs)

        train(products, data=data, restart=restart, on_epoch=on_epoch)


def _simulate(products: Products, data: Path | None, title: str, *, passes: int, deterministic: bool) -> None:
    with progress(title) as advance:
        cells = macro_cells(products.config)
        simulate(products, deterministic=deterministic, passes=passes, data=data, cells=cells, on_progress=advance)


def _synthesize(products: Products, title: str) -> None:
    with progress(title) as advance:
        synth(products, on_progress=advance)
