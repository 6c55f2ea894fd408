"""Golden's draws of the local units of a layer.

They are made one drawing after the other.
"""

from collections.abc import Sequence

import torch

from golden.draws import local_draws, meaning
from hdl.config import CoreConfig, Layer, LocalUnits

__all__ = ["LocalDraws"]


class LocalDraws:
    """Drawings of ``layer`` since the last load.

    Parameters
    ----------
    config
        Supplies the states after reset.
    layer
        The layer.
    """

    def __init__(self, config: CoreConfig, layer: Layer):
        assert layer.local is not None, "the layer has no local units"
        self._config = config
        self._layer = layer
        self._local: LocalUnits = layer.local
        self._done = 0
        first = config.stochastic.first(layer)
        self._initial = config.stochastic.seeds(config.random.seed)[first : first + self._local.units]
        self._states = tuple(self._initial)

    @property
    def held(self) -> int:
        """Vectors that a drawing is for."""
        return self._layer.vectors // self._local.drawings

    def reset(self) -> None:
        """Begin with the states after reset."""
        self.load(self._initial)

    def load(self, states: Sequence[int]) -> None:
        """Begin with other states."""
        self._states, self._done = tuple(states), 0

    def draw(self) -> list[int]:
        """Return the next draw of each channel."""
        return self._next().tolist()

    def meant(self, code: int = 0) -> list[int]:
        """Return the value of the next draw of each channel."""
        return meaning(self._layer, self._next(), code).tolist()

    def _next(self) -> torch.Tensor:
        per_pass = self._local.drawings
        drawn = local_draws(self._config.random, self._local, self._states, self._done // per_pass, 1)
        self._done += 1
        return drawn[0, (self._done - 1) % per_pass]
