"""Numbers of the report."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from golden.measures import Uncertainty, uncertainty
from golden.model import statistics

from ..base.provenance import provenance
from ..base.twin_place import TwinPlace
from ..road.equivalence import Equivalence
from ..road.regression_record import RegressionRecord
from ..synthesis.synthesis_record import SynthesisRecord
from .evidence import Evidence, Run
from .report_record import ReportRecord, TargetArea

__all__ = ["PASSES", "curve", "scores", "summarize"]

#: Numbers of passes of the table.
PASSES = (1, 4, 16, 64)


def scores(run: Run, passes: int) -> Uncertainty:
    """Return the measures of ``run`` over its first ``passes`` passes, from the logits of the RTL."""
    return uncertainty(torch.from_numpy(run.real()), torch.from_numpy(run.labels), passes=passes)


def curve(run: Run) -> list[int]:
    """Return the numbers of passes to draw: the simulated powers of two, or all passes where they are sorted."""
    simulated = run.rtl.shape[1]
    if run.sorted:
        return [simulated]
    return [2**power for power in range(simulated.bit_length()) if 2**power <= simulated]


def summarize(evidence: Evidence) -> ReportRecord:
    """Return the contents of ``report.json``."""
    run, twin = evidence.run, evidence.deterministic
    simulated = run.rtl.shape[1]
    passes = simulated if run.sorted else min(run.config.bayes.passes, simulated)
    counts = [simulated] if run.sorted else [count for count in PASSES if count <= simulated]
    rtl = _classes(run.rtl, passes)
    floating = None if run.floating is None else run.floating[:, :passes].sum(axis=1).argmax(axis=1)
    table = {str(count): _row(scores(run, count)) for count in counts}
    if twin is not None:
        table["deterministic"] = _row(scores(twin, twin.rtl.shape[1]))
    origin = provenance(run.config, evidence.inputs)
    return ReportRecord.of(
        {
            "name": run.config.name,
            "provenance": origin.model_copy(update={"versions": _versions(origin.versions, evidence)}),
            "random_weights": run.figures.random_weights,
            "inputs": len(run.labels),
            "passes": simulated,
            "correct": run.figures.correct,
            "twin": TwinPlace.of(run.config).runs,
            "accuracy": {
                "rtl": _share(rtl, run.labels),
                "golden": _share(_classes(run.golden, passes), run.labels),
                "float": None if floating is None else _share(floating, run.labels),
                "deterministic": (None if twin is None else _share(_classes(twin.rtl, twin.rtl.shape[1]), twin.labels)),
                "passes": passes,
            },
            "float_agreement": (
                None if floating is None else {"same": int((floating == rtl).sum()), "inputs": len(run.labels)}
            ),
            "equivalence": _equivalence([run] if twin is None else [run, twin]),
            "uncertainty": table,
            "cycles_per_input": run.figures.cycles_per_input,
            **_synthesis(evidence.synthesis),
            **_regression(evidence.regression),
        }
    )


def _classes(logits: npt.NDArray[np.int64], passes: int) -> npt.NDArray[np.int64]:
    """Return the class that the core predicts over the first ``passes`` passes."""
    return statistics(torch.from_numpy(logits[:, :passes])).winner.numpy()


def _share(classes: npt.NDArray[np.integer], labels: npt.NDArray[np.int64]) -> float:
    return float((classes == labels).mean())


def _row(measured: Uncertainty) -> dict[str, float]:
    return {name: float(getattr(measured, name)) for name in ("accuracy", "nll", "brier", "ece")}


def _equivalence(runs: Sequence[Run]) -> dict[str, int]:
    """Add up the comparisons."""
    names = [each.name for each in dataclasses.fields(Equivalence)]
    return {name: sum(getattr(run.figures.equivalence, name) for run in runs) for name in names}


def _synthesis(synthesis: SynthesisRecord | None) -> dict[str, Any]:
    if synthesis is None:
        return {"resources": {}, "area": {}}
    targets = synthesis.targets
    return {
        "resources": {name: each.cells for name, each in targets.items()},
        "area": {name: {key: getattr(each, key) for key in TargetArea.model_fields} for name, each in targets.items()},
    }


def _regression(regression: RegressionRecord | None) -> dict[str, Any]:
    if regression is None:
        return {"regression": None, "regression_results": [], "skipped_simulators": {}}
    return {
        "regression": regression.simulators,
        "regression_results": regression.results,
        "skipped_simulators": regression.skipped,
    }


def _versions(versions: Mapping[str, str], evidence: Evidence) -> dict[str, str]:
    """Add the versions of the programs of other steps."""
    found = dict(versions)
    if evidence.regression is not None:
        found |= {name: each.version for name, each in evidence.regression.simulators.items()}
    if evidence.synthesis is not None and evidence.synthesis.targets:
        found["yosys"] = next(iter(evidence.synthesis.targets.values())).yosys
    return found
