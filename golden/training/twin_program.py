"""Deterministic twin on the Bayesian core."""

import numpy as np

from hdl.config import CoreConfig, InputError, Layer, NeuronField, config_twin, twin_fits
from hdl.contract import Integers, Program

__all__ = ["twin_program"]


def twin_program(config: CoreConfig, twin: Program) -> Program:
    """Return a Program for ``config`` that computes ``twin`` in every pass.

    All sets of weights are equal, all choices of every neuron have the same threshold and polarity, nothing is
    ever dropped and drawn weights are certain, so that draws change nothing [derived]: the deterministic
    network runs on the core that was built for the Bayesian one.

    Raises
    ------
    InputError
        ``twin`` is not for the deterministic twin of ``config``, or its neurons are of another kind than those of the
        core (:func:`twin_fits`).
    """
    if twin.config.hash != config_twin(config).hash:
        raise InputError(f"program must be for the twin of {config.name!r}, not {twin.config.hash[:12]}…")
    if not twin_fits(config):
        raise InputError(
            f"bayes.method must be one with thresholds for the twin to run on its core, not {config.bayes.method!r}"
        )
    return Program(
        config=config,
        weights=tuple(_weights(layer, weights) for layer, weights in zip(config.layers, twin.weights, strict=True)),
        neurons=tuple(
            {member.name: _values(layer, member, own[member.name]) for member in layer.neuron_fields}
            for layer, own in zip(config.hidden_layers, twin.neurons, strict=True)
        ),
        gains=twin.gains,
        offsets=twin.offsets,
        shifts=twin.shifts,
        codes=np.zeros(len(config.stochastic.drop_codes), dtype=np.int64),
        seed=twin.seed,
        provenance=twin.provenance,
    )


def _weights(layer: Layer, weights: Integers) -> Integers:
    """Return the weights of the twin, certain and in every set."""
    codes = weights * (2**layer.weight_bits - 1)
    return codes if layer.sets == 1 else np.repeat(codes[np.newaxis], layer.sets, axis=0)


def _values(layer: Layer, member: NeuronField, values: Integers) -> Integers:
    """Return the integers of the twin's neurons, the same for every choice."""
    return np.repeat(values.reshape(layer.outputs, 1), layer.choices, axis=1) if member.chosen else values
