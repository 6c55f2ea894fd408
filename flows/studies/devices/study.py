"""Comparison of device models with their formulas.

Moments with a verdict, and the curves of the pictures.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from golden.devices import (
    QUANTITIES,
    DeviceModel,
    MeasuredDevice,
    compare,
    devices,
    largest_score,
    read_correlation,
    sampled_moments,
)

from ...base.bounds import check_choices
from ...base.console import OnProgress
from ...base.files import read
from ...base.provenance import versions
from ..result_kind import ResultKind
from ..study import Study
from . import show
from .options import DevicesOptions
from .record import DevicesRecord
from .times import TIMES

__all__ = ["LEVEL", "STUDY", "choose_models", "examine_devices", "run"]

#: Probability that right models fail any of all comparisons, at the most.
LEVEL = 1e-2

#: Targets as shares of the range: 1, 2.5, 12.5 and 25 µS of PCM.
_SHARES = (0.04, 0.1, 0.5, 1.0)

#: Sizes of the pictures: points in time, cells of each target, cells whose course is drawn.
_POINTS, _CELLS, _TRACES = 13, 10_000, 3

#: Lags of the correlation of reads, s, and cells for it.
_LAGS = tuple(10.0 ** (half / 2) for half in range(-16, 5))
_CORRELATED = 20_000

#: Digits that are kept, and those of targets.
_DIGITS, _TARGET_DIGITS = 6, 3


def choose_models(names: Sequence[str], table: Path | None = None) -> dict[str, DeviceModel]:
    """Return the models of ``names``, in their order, or all of them, and that of a user's ``table``.

    Without names, a table stands alone.

    Raises
    ------
    InputError
        There is no such model, or the table is not what it should be.
    """
    known = devices()
    check_choices("device", names, known)
    chosen = {name: known[name] for name in (names or ([] if table else known))}
    return chosen if table is None else {**chosen, MeasuredDevice.name: MeasuredDevice.load(table)}


def examine_devices(
    models: Mapping[str, DeviceModel],
    *,
    chips: int,
    cells: int,
    seed: int,
    on_progress: OnProgress | None = None,
) -> dict[str, Any]:
    """Return moments and curves of ``models``.

    Parameters
    ----------
    models
        By name.
    chips, cells
        Chips, and cells of each target on each, of the moments.
    seed
        Seed of every model.
    on_progress
        Called with the models done, and their number.

    Raises
    ------
    InputError
        A number is too small.
    """
    found: list[dict[str, Any]] = []
    for done, (name, model) in enumerate(models.items()):
        if on_progress is not None:
            on_progress(done, len(models))
        targets, times = _targets(model), _times(model)
        compared = compare(model, targets=targets, times=times, chips=chips, cells=cells, seed=seed)
        rows = [{**vars(each), "score": each.score} for each in compared]
        found.append({"name": name, "moments": rows, **_curves(model, targets, seed)})
    if on_progress is not None:
        on_progress(len(models), len(models))
    comparisons = sum(row["judged"] for each in found for row in each["moments"])
    limit = largest_score(max(1, comparisons), LEVEL)
    for each in found:
        for row in each["moments"]:
            row["passed"] = abs(row["score"]) <= limit if row["judged"] else None
    return {
        "provenance": {"seed": seed, "versions": versions()},
        "chips": chips,
        "cells": cells,
        "comparisons": comparisons,
        "level": LEVEL,
        "limit": limit,
        "devices": found,
    }


def run(options: DevicesOptions, *, on_progress: OnProgress | None = None) -> dict[str, Any]:
    """Return moments and curves of the chosen models.

    Raises
    ------
    InputError
        There is no such model, the table is not what it should be, or a number is too small.
    """
    models = choose_models(options.names, options.table)
    found = examine_devices(
        models, chips=options.chips, cells=options.cells, seed=options.seed, on_progress=on_progress
    )
    if options.table is not None:
        content = read(options.table, "bayescim devices")
        found["provenance"] |= {"table": hashlib.sha256(content).hexdigest()}
    return found


def _targets(model: DeviceModel) -> list[float]:
    lowest, highest = model.limits
    if not model.analog:
        return [lowest, highest]
    chosen = (float(f"{lowest + share * (highest - lowest):.{_TARGET_DIGITS}g}") for share in _SHARES)
    return [min(max(each, lowest), highest) for each in chosen]


def _span(model: DeviceModel) -> tuple[float, float]:
    """Return the first and the last time of the curves."""
    first = max(min(TIMES.values()), model.first_read)
    return first, max(first, min(max(TIMES.values()), model.last_read))


def _times(model: DeviceModel) -> list[float]:
    first, last = _span(model)
    return [each for each in TIMES.values() if first <= each <= last] or [first]


def _curves(model: DeviceModel, targets: Sequence[float], seed: int) -> dict[str, Any]:
    """Return conductance and read noise over time, and the correlation of reads, by formula and sampled."""
    first, last = _span(model)
    times = [first * (last / first) ** (index / (_POINTS - 1)) for index in range(_POINTS)]
    # Rounding of the power must not make a time later than the last.
    times[-1] = last
    generator = torch.Generator().manual_seed(seed)
    curves = []
    for target in targets:
        cells = model.program(torch.full((1, _CELLS), target), generator)
        formulas, samples, traces = [], [], []
        for seconds in times:
            cells.age(seconds)
            moments = model.moments(torch.tensor(target, dtype=torch.float64), seconds)
            formulas.append([float(moments.mean), float(moments.deviation), float(moments.read_deviation)])
            samples.append([value for value, _ in sampled_moments(cells, generator)])
            traces.append(cells.conductance()[0, :_TRACES].tolist())
        curves.append(
            {
                "target": target,
                "formula": _by_quantity(formulas),
                "sampled": _by_quantity(samples),
                "traces": [_rounded(each) for each in zip(*traces, strict=True)],
            }
        )
    seconds = times[0]
    lags = [lag for lag in _LAGS if lag <= seconds]
    correlations = read_correlation(model, seconds=seconds, lags=lags, cells=_CORRELATED, seed=seed)
    formula, sampled = zip(*correlations, strict=True)
    return {
        "times": _rounded(times),
        "curves": curves,
        "correlation": {
            "seconds": seconds,
            "read_time": model.read_time,
            "lags": lags,
            "formula": _rounded(formula),
            "sampled": _rounded(sampled),
        },
    }


def _by_quantity(points: Sequence[Sequence[float]]) -> dict[str, list[float]]:
    columns = zip(*points, strict=True)
    return {quantity: _rounded(column) for quantity, column in zip(QUANTITIES, columns, strict=True)}


def _rounded(values: Sequence[float]) -> list[float]:
    """Return ``values`` without the digits that no picture shows."""
    return [float(f"{value:.{_DIGITS}g}") for value in values if not math.isnan(value)]


STUDY = Study(
    name="devices",
    record=DevicesRecord,
    run=run,
    title=lambda _: "Device models",
    markdown=show.to_markdown,
    tables=show.device_tables,
    sentences=lambda result: [show.verdict(result)],
    pictures=show.pictures,
    holds=show.passed,
    sections=show.sections,
    document=Path("docs/devices.md"),
    # All models are in one result.
    kind=ResultKind(
        command="devices", record=DevicesRecord, member="devices", directory="devices", stem=lambda _: "devices"
    ),
)
