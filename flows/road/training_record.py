"""Course of training."""

from typing import Any

from ..base.provenance import Provenance
from ..base.record import Count, Record, Share

__all__ = ["TrainingRecord"]


class TrainingRecord(Record):
    """Contents of ``training.json``."""

    provenance: Provenance
    """Configuration, versions, and the checkpoint that it tells of."""

    training: dict[str, Any]
    """Section `training` of the configuration."""

    seed: Count
    """Seed of training."""

    losses: tuple[float | None, ...]
    """Cross-entropy of each epoch, nats; None where it was not kept."""

    accuracies: tuple[Share | None, ...]
    """Accuracy in training of each epoch; None where it was not kept."""
