"""Numbers of the report."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from golden.measures import Uncertainty, uncertainty
from golden.model import statistics
from hdl.config import CoreConfig

from ..base.provenance import provenance
from ..base.twin_place import TwinPlace
from .evidence import Evidence, Run

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


def summarize(evidence: Evidence) -> dict[str, Any]:
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
    origin = provenance(run.config)
    return {
        "name": run.config.name,
        "provenance": {
            **origin,
            "versions": _versions(origin["versions"], evidence),
            "program": run.figures["program"],
            "verilog": run.figures["verilog"],
        },
        "random_weights": run.figures["random_weights"],
        "inputs": len(run.labels),
        "passes": simulated,
        "accuracy": {
            "rtl": _share(rtl, run.labels),
            "golden": _share(_classes(run.golden, passes), run.labels),
            "float": None if floating is None else _share(floating, run.labels),
            **_deterministic(run.config, twin),
            "passes": passes,
        },
        "float_agreement": (
            None if floating is None else {"same": int((floating == rtl).sum()), "inputs": len(run.labels)}
        ),
        "equivalence": _equivalence([run] if twin is None else [run, twin]),
        "uncertainty": table,
        "cycles_per_input": run.figures["cycles_per_input"],
        **_synthesis(evidence.synthesis),
        **_regression(evidence.regression),
    }


def _deterministic(config: CoreConfig, twin: Run | None) -> dict[str, float | None]:
    """Return the accuracy of the twin, or nothing where none can run."""
    if not TwinPlace.of(config).runs:
        return {}
    return {"deterministic": None if twin is None else _share(_classes(twin.rtl, twin.rtl.shape[1]), twin.labels)}


def _classes(logits: npt.NDArray[np.int64], passes: int) -> npt.NDArray[np.int64]:
    """Return the class that the core predicts over the first ``passes`` passes."""
    return statistics(torch.from_numpy(logits[:, :passes])).winner.numpy()


def _share(classes: npt.NDArray[np.integer], labels: npt.NDArray[np.int64]) -> float:
    return float((classes == labels).mean())


def _row(measured: Uncertainty) -> dict[str, float]:
    return {name: float(getattr(measured, name)) for name in ("accuracy", "nll", "brier", "ece")}


def _equivalence(runs: Sequence[Run]) -> dict[str, int]:
    """Add up the comparisons."""
    names = ("compared", "mismatches", "compared_statistics", "statistics_mismatches")
    return {name: sum(run.figures["equivalence"][name] for run in runs) for name in names}


def _synthesis(synthesis: dict[str, Any] | None) -> dict[str, Any]:
    if synthesis is None:
        return {"resources": {}, "area": {}}
    targets = synthesis["targets"]
    shown = ("title", "kinds", "blocks", "transistors", "area", "yosys")
    return {
        "resources": {name: each["cells"] for name, each in targets.items()},
        "area": {name: {key: each[key] for key in shown} for name, each in targets.items()},
    }


def _regression(regression: dict[str, Any] | None) -> dict[str, Any]:
    if regression is None:
        return {"regression": None, "regression_results": [], "skipped_simulators": {}}
    return {
        "regression": regression["simulators"],
        "regression_results": regression["results"],
        "skipped_simulators": regression["skipped"],
    }


def _versions(versions: Any, evidence: Evidence) -> dict[str, str]:
    """Add the versions of the programs of other steps."""
    found = dict(versions)
    if evidence.regression is not None:
        found |= {name: each["version"] for name, each in evidence.regression["simulators"].items()}
    if evidence.synthesis is not None:
        found["yosys"] = next(iter(evidence.synthesis["targets"].values()))["yosys"]
    return found
