"""Program of a network from outside."""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from hdl.config import CoreConfig, InputError, LogitConfig
from hdl.contract import Integers, Program

from .configuration import METHODS, drops_of, to_document
from .line import Line, thresholds_of
from .network import ForeignNetwork
from .surd import Surd

__all__ = ["logit_error", "program_of", "to_program"]


def to_program(network: ForeignNetwork, config: CoreConfig, *, provenance: Mapping[str, str] | None = None) -> Program:
    """Return the Program of ``network`` for ``config``, a core of its shape (docs/import.md).

    Weights, thresholds and polarities are exact. The logit correction is rounded once to the formats of ``config``.

    With a dropout of activations a dropped one is −1, where PyTorch has 0. So that each sum has, on average over masks,
    the value that it has without dropout, as it has in PyTorch, a layer behind a dropout of probability p takes
    (z + p Σ w) / (1 − p) for z, p being the probability that the core has.

    Raises
    ------
    InputError
        The core draws something else than activations of one bit, or drops them one by one before a maximum.
    """
    if config.bayes.method not in ("none", *METHODS):
        raise InputError(f"method must be one of none, {', '.join(METHODS)}, not {config.bayes.method!r}")
    for layer, code in zip(config.hidden_layers, config.stochastic.drop_codes, strict=False):
        if layer.pool > 1 and code and config.bayes.method == "spin-dropout":
            raise InputError(
                "method must be 'spatial-dropout' for a network with a maximum behind "
                f"{network.layers[layer.index].node}, so that averages over masks are known, not 'spin-dropout'"
            )
    lines = _lines(network, config)
    corrections = [_correction(line, config.logits) for line in lines[-1]]
    return Program(
        config=config,
        weights=tuple(layer.weights for layer in network.layers),
        neurons=tuple(thresholds_of(layer, own) for layer, own in zip(config.hidden_layers, lines, strict=False)),
        gains=np.array([each.gain for each in corrections]),
        offsets=np.array([each.offset for each in corrections]),
        shifts=np.array([each.shift for each in corrections]),
        codes=np.array(config.stochastic.drop_codes, dtype=np.int64),
        seed=config.random.seed,
        provenance=dict(provenance or {}),
    )


def program_of(
    network: ForeignNetwork,
    *,
    name: str,
    like: CoreConfig | None = None,
    dropout: float | None = None,
    method: str | None = None,
) -> Program:
    """Return the Program of ``network``, with a configuration of its shape, as `bayescim import` makes it.

    Parameters
    ----------
    network
        The network.
    name
        Name of the core.
    like
        Configuration whose arrays, ports, stochastic units, passes, measures and hardware options are taken.
    dropout
        Probability of dropping an activation; without it the network is deterministic.
    method
        Way of dropping, one of :data:`METHODS`; by default the first.

    Raises
    ------
    InputError
        The network does not fit a core, or an argument is wrong.
    """
    drops = () if dropout is None else drops_of(network, dropout)
    chosen = "none" if dropout is None else method or METHODS[0]
    document = to_document(network, name=name, like=like, method=chosen, drops=drops)
    return to_program(network, CoreConfig.from_document(document, name))


def logit_error(network: ForeignNetwork, program: Program) -> float:
    """Return the largest difference of a logit of ``program`` from the exact one, over all z and classes."""
    config, last = program.config, network.layers[-1]
    z = np.arange(-last.weights.shape[1], last.weights.shape[1] + 1, 2)
    step = 2.0**-config.logits.fraction
    errors = []
    lines = _lines(network, config)[-1]
    for line, gain, offset, shift in zip(lines, program.gains, program.offsets, program.shifts, strict=True):
        exact = float(line.slope) * z + float(line.offset)
        errors.append(np.abs(_logits(z, int(gain), int(offset), int(shift), config.logits) * step - exact).max())
    return float(max(errors))


class _Correction(NamedTuple):
    gain: int
    offset: int
    shift: int


def _lines(network: ForeignNetwork, config: CoreConfig) -> list[Sequence[Line]]:
    """Return the lines of each layer over the sums that a core of ``config`` has."""
    lines: list[Sequence[Line]] = [network.layers[0].lines]
    for index, layer in enumerate(network.layers[1:]):
        dropped = Fraction(0)
        if config.bayes.scheme.stochastic:
            dropped = Fraction(config.stochastic.drop_codes[index], 2**config.random.draw_bits)
        sums = (2 * layer.weights - 1).sum(axis=1).tolist()
        lines.append([_restored(line, total, dropped) for line, total in zip(layer.lines, sums, strict=True)])
    return lines


def _restored(line: Line, total: int, dropped: Fraction) -> Line:
    """Return ``line`` over the sum of inputs that are −1 with probability ``dropped``; ``total`` is that of weights."""
    slope = line.slope.times(1 / (1 - dropped))
    # Both have the root of one variance.
    return Line(slope, _sum(line.offset, slope.times(dropped * total)))


def _sum(first: Surd, second: Surd) -> Surd:
    return Surd(first.a + second.a, first.b + second.b, first.r or second.r)


def _correction(line: Line, logits: LogitConfig) -> _Correction:
    """Return gain and offset times 2^(fraction + shift), rounded half up, with the largest shift at which both fit."""
    for shift in range(logits.max_shift, -1, -1):
        factor, half = Fraction(2 ** (logits.fraction + shift)), Fraction(1, 2)
        gain, offset = (math.floor(each.times(factor).plus(half)) for each in (line.slope, line.offset))
        fit = _saturated(gain, logits.gain_width) == gain and _saturated(offset, logits.offset_width) == offset
        if fit or not shift:
            break
    return _Correction(_saturated(gain, logits.gain_width), _saturated(offset, logits.offset_width), shift)


def _saturated(value: int, width: int) -> int:
    return max(-(2 ** (width - 1)), min(value, 2 ** (width - 1) - 1))


def _logits(z: Integers, gain: int, offset: int, shift: int, logits: LogitConfig) -> Integers:
    """Return the integer logits of the core for pre-activations ``z``."""
    found = (gain * z + offset + (2**shift >> 1)) >> shift
    return np.clip(found, logits.lowest, logits.highest)
