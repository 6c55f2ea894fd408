"""Histograms of how random weights are."""

from typing import Any

import torch

from hdl.contract import Program

from ..arrays import code_probabilities

__all__ = ["BINS", "UNDECIDED", "histograms"]

#: Number of bins of P(w = +1), equally wide.
BINS = 20

#: Limits of P(w = +1) between which a weight is undecided.
UNDECIDED = (0.05, 0.95)


def histograms(program: Program) -> dict[str, Any]:
    """Return the weights of each layer in each bin of P(w = +1), and the share of undecided ones.

    A network whose weights are almost certain is Bayesian in name only.

    Raises
    ------
    InputError
        The weights of the Program are fixed.
    """
    low, high = UNDECIDED
    layers, undecided, weights = [], 0, 0
    for p in code_probabilities(program):
        counts = torch.histc(p, bins=BINS, min=0, max=1).long()
        between = int(((p > low) & (p < high)).sum())
        layers.append({"counts": counts.tolist(), "undecided": between / p.numel()})
        undecided += between
        weights += p.numel()
    return {"layers": layers, "weights": weights, "undecided": undecided / weights}
