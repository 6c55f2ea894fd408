"""Speed of fresh read noise, three ways."""

import dataclasses
import platform
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Generator, Tensor

from hdl.contract import Program

from ..arrays import FreshArrays, bernoulli_source
from ..chips import Deployment
from ..common import check_integer, check_passes
from ..devices import Pair
from ..model import Model
from .benchmark import Range, range_of

__all__ = ["NoiseReport", "measure_noise"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class NoiseReport:
    """Images per second with fresh read noise.

    One chip with fresh noise for each image and pass; the three ways alternate.
    """

    name: str
    """Name of the configuration."""

    device: str
    """Device model of the cells."""

    weights: int
    """Weights, each of which is read at least once for an image and pass."""

    images: int
    """Images of a run in output space."""

    few_images: int
    """Images of a run of the other two ways."""

    passes: int
    """Passes T per image."""

    repeats: int
    """Timed repetitions."""

    threads: int
    """Threads of PyTorch."""

    output_space: Range
    """Noise drawn in output space, for the sum of each column."""

    cells: Range
    """Naive: noise drawn for each pair of cells in each read."""

    bernoulli: Range
    """Naive, but with the probability of each weight known, and one uniform number in each read."""

    over_cells: Range
    """Ratio of output space to cells, from the runs of each repetition."""

    over_bernoulli: Range
    """Ratio of output space to Bernoulli."""

    versions: dict[str, str]
    """Versions of the tools."""


def measure_noise(
    program: Program, pair: Pair, pixels: Tensor, *, passes: int, few_images: int = 8, repeats: int = 5, seed: int = 0
) -> NoiseReport:
    """Time one chip of ``pair`` on the same images, programmed beforehand.

    Parameters
    ----------
    program
        Network of sampled weights.
    pair
        Kind of weight.
    pixels
        Images, shape (images, inputs).
    passes
        Passes T.
    few_images
        Number of the images that the naive ways compute.
    repeats
        Timed repetitions, after an untimed one.
    seed
        Seed of everything random.

    Raises
    ------
    InputError
        An argument is out of range, or the weights of the Program are fixed.
    """
    check_passes(program.config, passes)
    check_integer("repeats", repeats, 1)
    check_integer("few_images", few_images, 1, len(pixels))
    deployment = Deployment(program, pair, chips=[0], seed=seed)
    probabilities, model = deployment.probabilities(), deployment.model()
    generator, few = Generator().manual_seed(seed), pixels[:few_images]
    cells = Model(program, FreshArrays(lambda layer, sweeps: deployment.read(layer.index, 0, generator, sweeps)))
    bernoulli = Model(program, FreshArrays(bernoulli_source(program.config.layers, probabilities, generator)))
    runs: dict[str, tuple[Callable[[], Tensor], int]] = {
        "output_space": (lambda: model.logits(pixels, passes=passes), len(pixels)),
        "cells": (lambda: cells.logits(few, passes=passes), few_images),
        "bernoulli": (lambda: bernoulli.logits(few, passes=passes), few_images),
    }
    timed: dict[str, list[float]] = {name: [] for name in runs}
    for repeat in range(repeats + 1):
        for name, (run, images) in runs.items():
            start = time.perf_counter()
            run()
            # The first repetition warms up.
            if repeat:
                timed[name].append(images / (time.perf_counter() - start))
    fast = timed["output_space"]
    return NoiseReport(
        name=program.config.name,
        device=pair.model.name,
        weights=sum(each.numel() for each in probabilities),
        images=len(pixels),
        few_images=few_images,
        passes=passes,
        repeats=repeats,
        threads=torch.get_num_threads(),
        **{name: range_of(rates) for name, rates in timed.items()},
        over_cells=range_of([one / other for one, other in zip(fast, timed["cells"], strict=True)]),
        over_bernoulli=range_of([one / other for one, other in zip(fast, timed["bernoulli"], strict=True)]),
        versions={"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__},
    )
