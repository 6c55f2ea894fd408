"""Results of a core.

Statistics, and predictive probabilities where the core has them.
"""

from typing import Any

import torch
from torch import Tensor

from hdl.config import CoreConfig, Measure

from .predictive import predictive
from .statistics import statistics

__all__ = ["results"]


def results(
    logits: Any, config: CoreConfig, *, weights: Any = None, unknown: tuple[Measure, int] | None = None
) -> dict[str, Tensor]:
    """Return the members of the core's results by name, int64, shape (batch, classes) each.

    Parameters
    ----------
    logits
        Integers, shape (batch, passes, classes).
    config
        Configuration of the core.
    weights
        Weights of the passes, shape (batch, passes), where passes have weights.
    unknown
        Measure and threshold of "don't know"; by default those after reset.

    Raises
    ------
    InputError
        The shape is wrong, or a logit is out of range.
    """
    found = statistics(logits, weights)
    shape = found.sums.shape
    index = torch.arange(shape[1]).expand(shape)
    members = {"sum": found.sums, "square": found.squares, "votes": found.votes, "index": index}
    members["winner"] = found.winner.unsqueeze(1).expand(shape)
    section, measures = config.predictive, config.measures
    if section is None or measures is None:
        return members
    prediction = predictive(logits, measures, weights=weights)
    flag = prediction.unknown(*(unknown or (section.measure, measures.threshold(section.measure, section.threshold))))
    each = {
        "predictive_entropy": prediction.predictive_entropy,
        "expected_entropy": prediction.expected_entropy,
        "mutual_information": prediction.mutual_information,
        "unknown": flag.to(torch.int64),
    }
    members["probability"] = prediction.probability
    return members | {name: values.unsqueeze(1).expand(shape) for name, values in each.items()}
