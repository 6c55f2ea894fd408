"""The step from a Program to chips of a device: what programming, reading and ageing leave of the network."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pydantic_core
import torch

from golden.arrays.probabilities import code_probabilities
from golden.chips.chip_study import MEASURES, ChipMeasures, ChipStudy
from golden.chips.deployment import COMPENSATIONS, Deployment
from golden.chips.verified_programming import VerifiedProgramming
from golden.chips.weight_histogram import histograms
from golden.data.data import load
from golden.data.synthetic import is_random
from golden.devices import DeviceModel, Pair
from hdl.config import InputError
from hdl.contract.program import Program

from ...base.console import OnProgress
from ...base.files import to_json, write_atomically
from ...base.products import Products
from ...base.provenance import provenance
from ...base.spread import Spread
from ...road.generate import load_sampled_program
from .show import write_page

__all__ = ["AGES", "CALIBRATION", "CHIPS", "chips"]

#: Chips, and training images that each is calibrated with.
CHIPS = 20
CALIBRATION = 256

#: Ages after the first read, s: an hour, a day, 30 days.
AGES = (3600.0, 86400.0, 2592000.0)


def chips(
    products: Products,
    *,
    model: DeviceModel,
    noise_target: float,
    verify: VerifiedProgramming | None,
    horizon: float | None,
    program: Path | None = None,
    chips: int = CHIPS,
    ages: Sequence[float] = AGES,
    inputs: int | None = None,
    calibration: int = CALIBRATION,
    passes: int | None = None,
    seed: int = 0,
    data: Path | None = None,
    on_progress: OnProgress | None = None,
) -> dict[str, Any]:
    """Measure accuracy, NLL and calibration of a network of sampled weights on chips, fresh and aged.

    Fresh chips are measured without and with logit correction, aged ones with each drift compensation: with the logit
    constants of ideal software, with those of the fresh chip, and calibrated again. Writes ``chips.json``, and
    ``chips.md`` with its pictures.

    Parameters
    ----------
    products
        Where the Program and the results are.
    model
        Device.
    noise_target
        m₀ of the pairs of cells, µS.
    verify
        How cells are programmed; without it, with one pulse each.
    horizon
        Age at which the mean P of a weight over chips is the one wanted, s; without it cells are targeted as if they
        were exact.
    program
        Program to run, by default the one among the products.
    chips
        Chips, at least 2.
    ages
        Ages after the first read, s.
    inputs
        Most test inputs, the first ones; without it, all.
    calibration
        Training inputs that logits are calibrated with, drawn with the seed.
    passes
        Passes T, by default those of the configuration.
    seed
        Seed of the chips and of all noise.
    data
        Directory of the data set, where it does not ship with a package.
    on_progress
        Called with the points that are done and all.

    Raises
    ------
    InputError
        An argument is out of range, or a file cannot be used.
    """
    if chips < 2:
        raise InputError(f"chips must be at least 2, not {chips}")
    if inputs is not None and inputs < 1:
        raise InputError(f"inputs must be at least 1, not {inputs}")
    contents = load_sampled_program(products, program)
    code_probabilities(contents)
    ages = sorted(set(ages))
    if ages and not ages[0] > model.first_read:
        raise InputError(f"ages must be later than the first read ({model.first_read:g} s), not {ages[0]:g}")
    passes = contents.config.bayes.passes if passes is None else passes
    dataset = load(contents.config, data)
    if not 2 <= calibration <= len(dataset.train_pixels):
        raise InputError(f"calibration must be between 2 and {len(dataset.train_pixels)} images, not {calibration}")
    chosen = torch.randperm(len(dataset.train_pixels), generator=torch.Generator().manual_seed(seed))[:calibration]
    test = slice(None, inputs)
    study = ChipStudy(
        contents,
        dataset.test_pixels[test],
        dataset.test_labels[test],
        calibration=dataset.train_pixels[chosen],
        passes=passes,
        seed=seed,
    )
    pair = Pair(model=model, noise_target=noise_target)
    points = 2 + len(ages) * len(COMPENSATIONS)
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        if on_progress is not None:
            on_progress(done, points)

    deployment = Deployment(contents, pair, chips=range(chips), seed=seed, verify=verify, horizon=horizon)
    software = _summary(study.software(chips))
    advance()
    fresh = study.constants(deployment, purpose=0)
    uncorrected, corrected = study.chips(deployment, [None, fresh], purpose=0)
    advance()
    aged, purpose = [], 0
    for age in ages:
        deployment.age(age)
        for kind in COMPENSATIONS:
            purpose += 1
            deployment.compensate(kind)
            again = study.constants(deployment, purpose=purpose)
            measured = study.chips(deployment, [None, fresh, again], purpose=purpose)
            names = ("uncorrected", "corrected", "recalibrated")
            each = {name: _summary(one) for name, one in zip(names, measured, strict=True)}
            aged.append({"seconds": age, "compensation": kind, **each})
            advance()
    result = {
        "name": products.config.name,
        "deployment": model.name,
        "provenance": provenance(products.config),
        "random_weights": is_random(contents),
        "network": _shape(contents),
        "device": {name: value for name, value in vars(model).items() if name != "measurements"},
        "noise_target": noise_target,
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
    text = to_json(result)
    write_atomically(products.directory / "chips.json", text.encode())
    # What is shown is what is in the file.
    result = pydantic_core.from_json(text)
    write_page(products.directory, result)
    return result


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
