"""Lowering of a trained network to a Program."""

import importlib.metadata
from collections.abc import Mapping

import numpy as np
import torch

from hdl.config import InputError, projects
from hdl.contract import Program

from .convolution import ConvolutionLayer
from .logit_format import to_correction
from .network import HiddenLayer, Network
from .schemes import scheme_of
from .thresholds import to_reals

__all__ = ["lower"]


@torch.no_grad()
def lower(network: Network, *, provenance: Mapping[str, str] | None = None) -> Program:
    """Fold ``network``, as it is in evaluation mode, into a Program (docs/numerics.md).

    Everything is computed in float64. What the neurons of a hidden layer become is told by the file of their scheme in
    :mod:`golden.training.schemes`; most become thresholds, see :func:`golden.training.limits`.

    With a residual P, P_max and z include it, so nothing else changes; a convolution has one neuron
    for each channel.

    A logit g z / s + b becomes y = (gain · z + offset) >> shift in units of 2^−fraction: gain and offset are
    g / s and b times 2^(fraction + shift), rounded half up, with the largest shift of each class at which both
    fit. Where they do not fit even at shift 0, they saturate: such a logit is outside the range of y for all but
    the smallest z in any case.

    Parameters
    ----------
    network
        Trained network; it carries its configuration.
    provenance
        Entries to keep in the Program beside the versions of the tools.

    Raises
    ------
    InputError
        A parameter or a statistic of the network is not finite.
    """
    for name, value in network.state_dict().items():
        if not torch.isfinite(value).all():
            raise InputError(f"{name} must be finite, not {value[~torch.isfinite(value)][0].item()!r}")
    config = network.config
    scheme = scheme_of(config)
    hidden = zip(config.hidden_layers, _hidden(network), strict=True)
    neurons = tuple(scheme.lower(layer, module.neurons, module.unit) for layer, module in hidden)
    linears = [*(module.linear for module in _hidden(network)), network.output]
    gain = to_reals(network.gain) / network.output_unit
    gains, offsets, shifts, _ = to_correction(gain, to_reals(network.bias), config.logits)
    return Program(
        config=config,
        weights=tuple(
            scheme.lower_weights(layer, linear) for layer, linear in zip(config.layers, linears, strict=True)
        ),
        neurons=neurons,
        gains=gains,
        offsets=offsets,
        shifts=shifts,
        codes=np.array(config.stochastic.drop_codes, dtype=np.int64),
        seed=config.random.seed,
        provenance={**_versions(), **(provenance or {})},
    )


def _hidden(network: Network) -> list[ConvolutionLayer | HiddenLayer]:
    return [module for module in network.hidden if isinstance(module, ConvolutionLayer | HiddenLayer)]


def _versions() -> dict[str, str]:
    return {**{name: importlib.metadata.version(name) for name in ("numpy", "torch")}, **projects()}
