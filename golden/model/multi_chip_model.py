"""Protocol of models of several chips."""

import abc
import dataclasses
from typing import Any

import torch
from torch import Tensor

from hdl.contract import Program

from .statistics import Statistics, statistics
from .trace import Trace

__all__ = ["MultiChipModel"]


class MultiChipModel(abc.ABC):
    """Several chips loaded with one Program.

    All chips see the same inputs. The methods are those of :class:`golden.model.Model`; their results have an axis of
    chips before all others.

    Parameters
    ----------
    program
        Integers of the core.
    chips
        Number of chips.
    device
        Where to compute.
    """

    def __init__(self, program: Program, chips: int, device: str | torch.device = "cpu"):
        self.program = program
        self.chips = chips
        self.device = torch.device(device)

    @abc.abstractmethod
    def logits(self, pixels: Any, *, passes: int | None = None) -> Tensor:
        """Return the logits of every pass on every chip, integers of shape (chips, n, T, classes).

        Parameters
        ----------
        pixels
            Integers 0 to 2^B − 1, shape (n, inputs).
        passes
            Monte-Carlo passes T, by default those of the configuration.

        Raises
        ------
        InputError
            An argument has the wrong shape or is out of range.
        """

    def statistics(self, pixels: Any, *, passes: int | None = None) -> Statistics:
        """Return the statistics of the logits that :meth:`logits` returns for the same arguments."""
        logits = self.logits(pixels, passes=passes)
        found = statistics(logits.flatten(end_dim=1))
        shape = logits.shape[:2]
        return Statistics(
            **{field.name: getattr(found, field.name).unflatten(0, shape) for field in dataclasses.fields(found)}
        )

    @abc.abstractmethod
    def trace(self, pixels: Any) -> Trace:
        """Return all intermediate values of one pass per input and chip; arguments as of :meth:`logits`."""
