"""Measurement of a network on chips.

Effects of programming, reading and ageing of a device on accuracy and calibration.
"""

import dataclasses
from pathlib import Path
from typing import Any

import torch

from golden.arrays import MacroCells, code_probabilities
from golden.chips import MEASURES, ChipMeasures, ChipStudy, Deployment, MacroDeployment, histograms
from golden.data import is_random, load
from golden.devices import DeviceModel, MeasuredDevice, Pair, VerifiedProgramming, devices
from hdl.config import CoreConfig, InputError
from hdl.contract import Program

from ...base.bounds import (
    LARGEST_SEED,
    LATEST,
    MOST_CHIPS,
    MOST_INPUTS,
    check_choices,
    check_integer,
    check_passes,
    check_real,
)
from ...base.console import OnProgress
from ...base.files import read
from ...base.products import Products
from ...base.provenance import Input, input_of, provenance
from ...base.spread import Spread
from ...road.generate import load_sampled_program, program_input
from ..result_kind import ResultKind, of_trained
from ..study import Study
from . import show
from .options import DEVICE, MAX_PULSES, ChipsOptions
from .record import ChipsRecord

__all__ = ["STUDY", "run"]

#: Largest conductance, µS, and most pulses of a cell.
_MOST_CONDUCTANCE, _MOST_PULSES = 1e6, 10**4


def run(products: Products, options: ChipsOptions, *, on_progress: OnProgress | None = None) -> dict[str, Any]:
    """Measure accuracy, NLL and calibration of a network of sampled weights on chips, fresh and aged.

    Fresh chips are measured without and with logit correction, aged ones with each drift compensation: with the logit
    constants of ideal software, with those of the fresh chip, and calibrated again.

    Parameters
    ----------
    products
        Where the Program is.
    options
        Device, programming, chips and inputs.
    on_progress
        Called with the points that are done and all.

    Raises
    ------
    InputError
        An option is out of range, or a file cannot be used.
    """
    _check_bounds(products.config, options)
    model = _model(options)
    verify = None
    if options.tolerance:
        pulses = MAX_PULSES if options.max_pulses is None else options.max_pulses
        verify = VerifiedProgramming(tolerance=options.tolerance, max_pulses=pulses)
    horizon, chips, seed = options.horizon or None, options.chips, options.seed
    contents = load_sampled_program(products, options.program)
    code_probabilities(contents)
    ages = sorted(set(options.ages))
    if ages and not ages[0] > model.first_read:
        raise InputError(f"ages must be later than the first read ({model.first_read:g} s), not {ages[0]:g}")
    for name, latest in (("ages", ages[-1] if ages else 0.0), ("horizon", options.horizon)):
        if latest > model.last_read:
            raise InputError(
                f"{name} must be at most {model.last_read:g} s, the last that was measured, not {latest:g}"
            )
    passes = check_passes(contents.config, options.passes)
    dataset, calibration = load(contents.config, options.data), options.calibration
    if not 2 <= calibration <= len(dataset.train_pixels):
        raise InputError(f"calibration must be between 2 and {len(dataset.train_pixels)} images, not {calibration}")
    chosen = torch.randperm(len(dataset.train_pixels), generator=torch.Generator().manual_seed(seed))[:calibration]
    test = slice(None, options.inputs)
    study = ChipStudy(
        contents,
        dataset.test_pixels[test],
        dataset.test_labels[test],
        calibration=dataset.train_pixels[chosen],
        passes=passes,
        seed=seed,
    )
    pair = Pair(model=model, noise_target=options.noise_target)
    deployment: Deployment | MacroDeployment
    if contents.config.macro is None:
        deployment = Deployment(contents, pair, chips=range(chips), seed=seed, verify=verify, horizon=horizon)
    else:
        cells = [MacroCells(pair=pair, seed=seed + chip, horizon=horizon) for chip in range(chips)]
        deployment = MacroDeployment(contents, cells, seed=seed)
    points = 2 + len(ages) * len(deployment.kinds)
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        if on_progress is not None:
            on_progress(done, points)

    software = _summary(study.software(chips))
    advance()
    fresh = study.constants(deployment, purpose=0)
    uncorrected, corrected = study.chips(deployment, [None, fresh], purpose=0)
    advance()
    aged, purpose = [], 0
    for age in ages:
        deployment.age(age)
        for kind in deployment.kinds:
            purpose += 1
            deployment.compensate(kind)
            again = study.constants(deployment, purpose=purpose)
            measured = study.chips(deployment, [None, fresh, again], purpose=purpose)
            names = ("uncorrected", "corrected", "recalibrated")
            each = {name: _summary(one) for name, one in zip(names, measured, strict=True)}
            aged.append({"seconds": age, "compensation": kind, **each})
            advance()
    return {
        "name": products.config.name,
        "deployment": model.name,
        "provenance": provenance(products.config, _sources(products, options), data=dataset.digest),
        "random_weights": is_random(contents),
        "network": _shape(contents),
        "device": {name: value for name, value in vars(model).items() if name != "measurements"},
        "noise_target": options.noise_target,
        "verify": None if verify is None else dataclasses.asdict(verify),
        "horizon": horizon,
        "first_read": model.first_read,
        "chips": chips,
        "inputs": len(dataset.test_pixels[test]),
        "calibration": calibration,
        "passes": passes,
        "seed": seed,
        "weights": histograms(contents),
        "programming": {
            "cells": deployment.cells,
            "pulses_per_cell": deployment.pulses / (deployment.cells * chips),
            "failed_per_chip": deployment.failed,
        },
        "flagged": [{"chip": chip, "classes": each.unfit} for chip, each in enumerate(fresh) if each.unfit],
        "software": software,
        "fresh": {"uncorrected": _summary(uncorrected), "corrected": _summary(corrected)},
        "aged": aged,
    }


def _sources(products: Products, options: ChipsOptions) -> dict[str, Input]:
    """Return the files that the result is made from."""
    found = {"program": program_input(products, options.program)}
    if options.table is not None:
        found["table"] = input_of(products.directory, options.table, read(options.table, "bayescim chips"))
    return found


def _model(options: ChipsOptions) -> DeviceModel:
    """Return the model of the cells."""
    if options.table is not None:
        return MeasuredDevice.load(options.table)
    known, device = devices(), DEVICE if options.device is None else options.device
    check_choices("device", [device], known)
    return known[device]


def _check_bounds(config: CoreConfig, options: ChipsOptions) -> None:
    """Check all numbers before anything is read."""
    check_integer("chips", options.chips, 2, MOST_CHIPS)
    check_integer("inputs", options.inputs, 1, MOST_INPUTS)
    check_integer("calibration", options.calibration, 2, MOST_INPUTS)
    check_integer("max_pulses", options.max_pulses, 1, _MOST_PULSES)
    check_integer("seed", options.seed, 0, LARGEST_SEED)
    check_passes(config, options.passes)
    check_real("noise_target", options.noise_target, 0, _MOST_CONDUCTANCE)
    check_real("tolerance", options.tolerance, 0, _MOST_CONDUCTANCE)
    check_real("horizon", options.horizon, 0, LATEST)
    for age in options.ages:
        check_real("ages", age, 0, LATEST)
    if config.macro is not None and options.tolerance:
        raise InputError(f"tolerance must be omitted with macros, whose own is in levels, not {options.tolerance:g}")
    if options.table is not None and options.device is not None:
        raise InputError(f"device must be omitted beside a table, not {options.device!r}")
    if options.max_pulses is not None and not options.tolerance:
        raise InputError(f"max_pulses must be omitted without a tolerance, not {options.max_pulses}")


def _shape(program: Program) -> str:
    network = program.config.network
    before = [network.inputs] if network.image is None else [" × ".join(map(str, network.image[:2]))]
    channels = [each.channels for each in network.convolutions]
    return "-".join(map(str, [*before, *channels, *network.hidden, network.classes]))


def _summary(measures: ChipMeasures) -> dict[str, Any]:
    """Return mean, standard deviation and values of each measure over the chips that were not flagged."""
    found: dict[str, Any] = {}
    for name in MEASURES:
        values = getattr(measures, name)
        some = [value for value in values if value is not None]
        spread = Spread.of(some) if some else None
        found[name] = {
            "mean": None if spread is None else spread.mean,
            "deviation": None if spread is None else spread.deviation,
            "chips": values,
        }
    return found


STUDY = Study(
    name="chips",
    record=ChipsRecord,
    run=run,
    title=show.title,
    markdown=show.to_markdown,
    tables=show.tables,
    sentences=show.sentences,
    pictures=show.pictures,
    sections=show.sections,
    document=Path("docs/bayes2imc.md"),
    kind=ResultKind(
        command="chips", record=ChipsRecord, member="deployment", directory="chips", stem=show.stem, keep=of_trained
    ),
)
