"""Stochastic units of a core, and their draws."""

import dataclasses

from .layer import Layer
from .random import RandomConfig
from .self_test import SelfTestConfig

__all__ = ["StochasticUnits"]

#: A deviation is ±2^(w + k) at most, both included.
_DEVIATION_SPARE = 2


@dataclasses.dataclass(frozen=True, kw_only=True)
class StochasticUnits:
    """Shared and local stochastic units of a core.

    Shared units draw masks, local ones belong to a layer. Made by :attr:`CoreConfig.stochastic`.
    """

    random: RandomConfig
    """Registers, draws, and the number of units side by side."""

    layers: tuple[Layer, ...]
    """All layers, each with its number of mask bits and of units."""

    probabilities: tuple[float, ...]
    """Probability that each drop code stands for."""

    self_test: SelfTestConfig | None
    """The self-test, where the core has one."""

    @property
    def mask_width(self) -> int:
        """Random bits that travel with a pass."""
        return sum(layer.mask_bits for layer in self.layers)

    @property
    def masks(self) -> int:
        """Different masks, 2^mask_width."""
        return 1 << self.mask_width

    @property
    def random_bits(self) -> int:
        """Random decisions per pass: mask bits, draws of local units for the channels, and draws for the weights."""
        local = (layer.local for layer in self.layers if layer.local is not None)
        weights = sum(layer.units * layer.weight_draws for layer in self.layers)
        return self.mask_width + sum(units.channels * units.drawings for units in local) + weights

    @property
    def shared(self) -> int:
        """Units that draw masks side by side: unit u mask bits u, u + `shared` and so on."""
        return min(self.random.units, self.mask_width)

    @property
    def mask_steps(self) -> int:
        """Draws of each shared unit in a pass."""
        return -(-self.mask_width // self.shared) if self.shared else 0

    @property
    def units(self) -> int:
        """All stochastic units: those that draw masks, then those of one layer after the other."""
        return self.shared + sum(layer.units for layer in self.layers)

    @property
    def watched(self) -> tuple[tuple[int, ...], ...]:
        """For each stochastic unit that a self-test can watch, in the order of `units`, its drop codes by their index.

        They are those of its draws, one after the other and again from the first. Units whose draws no code decides
        cannot be watched.
        """
        shared = (tuple(range(unit, self.mask_width, self.shared)) for unit in range(self.shared))
        layers = self.layers[:-1] if self.drop_codes else ()
        local = ((layer.index,) for layer in layers if layer.local is not None for _ in range(layer.local.units))
        return (*shared, *local)

    def seeds(self, seed: int) -> tuple[int, ...]:
        """Return the state of each stochastic unit that starts from ``seed``: equal distances on the one sequence.

        Without any unit it is that of the seed registers alone.
        """
        units = max(self.units, 1)
        return self.random.spread(seed, 2**self.random.lfsr_width // units, units)

    def first(self, layer: Layer) -> int:
        """Return the number of the first unit that ``layer`` has for itself."""
        return self.shared + sum(each.units for each in self.layers[: layer.index])

    @property
    def drop_codes(self) -> tuple[int, ...]:
        """Codes c of the comparison draw < c that drops, so that the realised p is c / 2^k."""
        steps = 2**self.random.draw_bits
        return tuple(min(round(p * steps), steps - 1) for p in self.probabilities)

    @property
    def realised_p(self) -> tuple[float, ...]:
        """Probabilities of dropping that the hardware has."""
        return tuple(code / 2**self.random.draw_bits for code in self.drop_codes)

    @property
    def external(self) -> bool:
        """Whether draws come from outside: the core then has a stream of them."""
        return self.random.source == "external" and self.mask_width > 0

    @property
    def entropy_width(self) -> int:
        """Bits of a beat of that stream: a draw for each shared unit, that of unit 0 in the lowest bits."""
        return self.shared * self.random.draw_bits

    @property
    def deviation_width(self) -> int:
        """Bits of 2^k (drops) − Σ codes over a window of the self-test, signed."""
        if self.self_test is None:
            raise ValueError("deviation_width must be asked of a configuration with a self-test")
        return self.self_test.window_bits + self.random.draw_bits + _DEVIATION_SPARE
