"""Sensitivity of the ratios to the constants.

Each constant alone at its bounds, and all of them at random.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .constants import Constant, Constants
from .terms import Core, cost

__all__ = ["QUANTILES", "RATIOS", "draw", "sensitivity"]

#: Ratios whose sensitivity is reported, and the figure of :class:`flows.studies.comparison.terms.Cost` each is of.
RATIOS: Mapping[str, str] = {"gops_per_watt": "efficiency", "gops_per_watt_mm2": "density"}

#: Quantiles of the sampled ratios.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

_BINS = 40
_DIGITS = 6


def sensitivity(cores: tuple[Core, Core], constants: Constants, *, samples: int, seed: int) -> dict[str, Any]:
    """Return how the ratios of the PCM core to its SRAM equivalent depend on the constants.

    Parameters
    ----------
    cores
        Both, the PCM core first.
    constants
        Constants with their bounds.
    samples
        Samples of all constants together.
    seed
        Seed of the samples.

    Returns
    -------
    For each ratio its ``nominal`` value; ``constants``: for each the ratio with this constant alone ``low`` and
    ``high``, and the ``rank`` correlation of the constant with the ratio over the samples, those that move it most
    first; ``quantiles`` of the samples, the share ``above_one`` and their ``histogram``.
    """
    values = {name: constant.value for name, constant in constants.items()}
    sampled = draw(constants, samples, seed)
    nominal, random = _ratios(cores, values), _ratios(cores, sampled)
    ends = {
        name: (_ratios(cores, values | {name: each.low}), _ratios(cores, values | {name: each.high}))
        for name, each in constants.items()
    }
    result = {}
    for ratio in RATIOS:
        ranks = _ranks(random[ratio])
        told: list[dict[str, Any]] = [
            {
                "constant": name,
                "low": _rounded(low[ratio]),
                "high": _rounded(high[ratio]),
                "rank": _rounded(_correlation(_ranks(sampled[name]), ranks)),
            }
            for name, (low, high) in ends.items()
        ]
        result[ratio] = {
            "nominal": _rounded(nominal[ratio]),
            "constants": sorted(told, key=lambda each: -abs(np.log(each["high"] / each["low"]))),
            "quantiles": {str(each): _rounded(np.quantile(random[ratio], each)) for each in QUANTILES},
            "above_one": _rounded(np.mean(random[ratio] > 1)),
            "histogram": _histogram(random[ratio]),
        }
    return result


def draw(constants: Constants, samples: int, seed: int) -> dict[str, np.ndarray]:
    """Return ``samples`` values of each constant between its bounds, even on a logarithmic scale, or on a linear one
    where the lower bound is 0.
    """
    generator = np.random.default_rng(seed)
    return {name: _sample(constant, generator.random(samples)) for name, constant in constants.items()}


def _sample(constant: Constant, uniform: np.ndarray) -> np.ndarray:
    low, high = constant.low, constant.high
    return low * (high / low) ** uniform if low > 0 else high * uniform


def _ratios(cores: tuple[Core, Core], values: Mapping[str, Any]) -> dict[str, Any]:
    pcm, sram = (cost(core, values) for core in cores)
    return {ratio: getattr(pcm, name) / getattr(sram, name) for ratio, name in RATIOS.items()}


def _ranks(values: np.ndarray) -> np.ndarray:
    return np.argsort(np.argsort(values)).astype(float)


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Return the correlation; 0 of a single sample, which has none."""
    return float(np.corrcoef(one, other)[0, 1]) if len(one) > 1 else 0.0


def _histogram(values: np.ndarray) -> dict[str, list[float]]:
    """Return the share of the samples between logarithmic edges."""
    edges = np.geomspace(values.min(), values.max(), _BINS + 1)
    # Rounding may leave the extremes outside.
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
    return {"edges": [_rounded(each) for each in edges], "shares": [_rounded(each / len(values)) for each in counts]}


def _rounded(value: Any) -> float:
    return float(f"{float(value):.{_DIGITS}g}")
