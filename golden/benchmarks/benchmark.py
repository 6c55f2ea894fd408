"""Speed of the integer model against float."""

import dataclasses
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hdl.config import InputError

from ..common import check_integer, check_passes, check_pixels
from ..draws import pass_draws
from ..model import IntegerModel
from ..training import Network, lower

__all__ = ["Comparison", "Range", "Report", "measure", "range_of"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Range:
    """Median and range over all repetitions."""

    median: float
    lowest: float
    highest: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class Comparison:
    """Figures for one number of passes."""

    passes: int
    """Monte-Carlo passes T per image."""

    integer: Range
    """Images per second of :class:`IntegerModel`, including the drawing of the masks."""

    floating: Range
    """Images per second of a plain loop of T forward passes of the float network, its masks drawn beforehand."""

    speedup: Range
    """Integer over float, from the two runs of each repetition."""

    agreement: float
    """Share of all passes, with the same masks, in which both predict the same class."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    """Result of :func:`measure`.

    `dataclasses.asdict` makes it ready for JSON.
    """

    name: str
    """Name of the configuration."""

    images: int
    """Images per run."""

    batch_size: int
    """Images computed at a time, by both."""

    repeats: int
    """Timed repetitions."""

    threads: int
    """Threads of PyTorch."""

    comparisons: tuple[Comparison, ...]
    """One comparison for each number of passes."""

    versions: dict[str, str]
    """Versions of the tools."""


def measure(
    network: Network,
    pixels: Any,
    *,
    passes: Sequence[int] = (16, 64),
    repeats: int = 7,
    batch_size: int = 512,
) -> Report:
    """Time ``network`` in evaluation mode against the integer model of its Program, on the same images and cores.

    The two alternate, so that other load on the machine affects both.

    Parameters
    ----------
    network
        Float network, trained or not; it is on the CPU.
    pixels
        Integers 0 to 2^B − 1, shape (images, inputs), at least one.
    passes
        Numbers of passes, each at most max_passes.
    repeats
        Timed repetitions, after an untimed one.
    batch_size
        Images computed at a time.

    Raises
    ------
    InputError
        An argument has the wrong shape or is out of range.
    """
    config = network.config
    pixels = check_pixels(config, pixels)
    if not len(pixels):
        raise InputError("pixels must have at least 1 image, not 0")
    check_integer("repeats", repeats, 1)
    check_integer("batch_size", batch_size, 1)
    for count in passes:
        check_passes(config, count)
    model = IntegerModel(lower(network))
    with _evaluation(network):
        comparisons = tuple(_compare(network, model, pixels, count, repeats, batch_size) for count in passes)
    return Report(
        name=config.name,
        images=len(pixels),
        batch_size=batch_size,
        repeats=repeats,
        threads=torch.get_num_threads(),
        comparisons=comparisons,
        versions={"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__},
    )


def _compare(
    network: Network, model: IntegerModel, pixels: Tensor, passes: int, repeats: int, batch_size: int
) -> Comparison:
    program = model.program
    draws = pass_draws(program, len(pixels), passes=passes)

    def integer() -> Tensor:
        return model.logits(pixels, passes=passes, batch_size=batch_size)

    def floating() -> Tensor:
        batches = [slice(first, first + batch_size) for first in range(0, len(pixels), batch_size)]
        return torch.cat(
            [
                network.sample(
                    pixels[some], tuple(None if drawn is None else drawn[some] for drawn in draws), passes=passes
                )
                for some in batches
            ]
        )

    # The first run of each warms it up, and shows whether both compute the same network.
    agreement = (integer().argmax(dim=2) == floating().argmax(dim=2)).double().mean().item()
    rates = [(len(pixels) / _seconds(integer), len(pixels) / _seconds(floating)) for _ in range(repeats)]
    return Comparison(
        passes=passes,
        integer=range_of([fast for fast, _ in rates]),
        floating=range_of([slow for _, slow in rates]),
        speedup=range_of([fast / slow for fast, slow in rates]),
        agreement=agreement,
    )


@contextmanager
def _evaluation(network: Network) -> Iterator[None]:
    training = network.training
    network.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        network.train(training)


def _seconds(run: Callable[[], Tensor]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def range_of(values: list[float]) -> Range:
    """Return the median, the minimum and the maximum of the figures of all repetitions."""
    return Range(median=statistics.median(values), lowest=min(values), highest=max(values))
