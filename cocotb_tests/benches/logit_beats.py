"""Beats of the stream of logits."""

from torch import Tensor

__all__ = ["logit_beats"]


def logit_beats(logits: Tensor, weights: Tensor | None) -> list[dict[str, int]]:
    """Return the beats of one input: of every pass, or of those with a weight above 0.

    ``logits`` has shape (passes, classes), ``weights`` shape (passes,); without weights the beats have none either.
    """
    kept = logits if weights is None else logits[weights > 0]
    weighed = [{} for _ in kept] if weights is None else [{"weight": each} for each in weights[weights > 0].tolist()]
    return [
        {"value": value, "index": label, "last": int(index == len(kept) - 1), **weighed[index]}
        for index, values in enumerate(kept.tolist())
        for label, value in enumerate(values)
    ]
