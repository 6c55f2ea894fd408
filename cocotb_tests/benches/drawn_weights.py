"""Golden's counts of a crossbar with sampled weights.

They are computed for one vector after the other.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from golden.arrays import agreements
from golden.draws import WeightDraws
from hdl.config import CoreConfig, Layer

__all__ = ["DrawnWeights"]


class DrawnWeights:
    """Counts of ``layer``, sweep by sweep.

    Sweeps are numbered from the states after reset on.

    Parameters
    ----------
    config
        Supplies the states.
    layer
        The layer.
    """

    def __init__(self, config: CoreConfig, layer: Layer):
        self._config = config
        self._layer = layer
        self._shared = layer.sweeps if layer.repeats else 1
        self.reset()

    def reset(self) -> None:
        """Begin with the states after reset."""
        self.load(self._config.random.seed)

    def load(self, seed: int) -> None:
        """Begin with the states that belong to another seed of the core."""
        self._draws = WeightDraws(self._config, self._layer, seed)
        self._sweep = 0

    def counts(self, values: Sequence[int], codes: Tensor) -> list[int]:
        """Return the counts of the next vector; ``codes`` have the shape (outputs, inputs)."""
        counts = torch.zeros(self._layer.outputs, dtype=torch.int64)
        for plane in reversed(range(self._layer.input_bits)):
            (limits,) = self._draws.limits(self._sweep // self._shared, 1)
            generators = torch.arange(self._layer.outputs) % limits.shape[1]
            weights = codes > limits[:, generators].T
            counts += agreements([[value >> plane & 1 for value in values]], weights)[0] << plane
            self._sweep += 1
        return counts.tolist()
