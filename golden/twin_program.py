"""The deterministic twin on the hardware of the Bayesian core."""

import numpy as np

from hdl.config import CoreConfig, InputError
from hdl.program import Program

from .twin import config_twin

__all__ = ["twin_program"]


def twin_program(config: CoreConfig, twin: Program) -> Program:
    """Return a Program for ``config`` that computes in every pass what ``twin`` computes.

    All choices of every neuron get the same threshold, nothing is ever dropped and weights that are drawn are certain,
    so what is drawn changes nothing [derived]: the deterministic network runs on the core that was built for the
    Bayesian one.

    Raises
    ------
    InputError
        ``twin`` is not for the deterministic twin of ``config``, or the core has no place for it: its neurons are of
        another kind, or it has several sets of weights.
    """
    if twin.config.hash != config_twin(config).hash:
        raise InputError(f"program must be for the twin of {config.name!r}, not {twin.config.hash[:12]}…")
    other = any(layer.members != layer.threshold_members for layer in config.hidden_layers)
    if other or any(layer.sets > 1 for layer in config.layers):
        raise InputError(
            "bayes.method must be one with thresholds and a single set of weights for the twin to run on its core, "
            f"not {config.bayes.method!r}"
        )
    return Program(
        config=config,
        weights=tuple(
            weights * (2**layer.weight_bits - 1) for layer, weights in zip(config.layers, twin.weights, strict=True)
        ),
        neurons=tuple(
            {**own, "thresholds": np.repeat(own["thresholds"], layer.choices, axis=1)}
            for layer, own in zip(config.hidden_layers, twin.neurons, strict=True)
        ),
        gains=twin.gains,
        offsets=twin.offsets,
        shifts=twin.shifts,
        codes=np.zeros(len(config.drop_codes), dtype=np.int64),
        seed=twin.seed,
        provenance=twin.provenance,
    )
