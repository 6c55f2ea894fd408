"""Cells of a macro: conductances of levels and references."""

import dataclasses
import functools

import torch
from torch import Tensor

from hdl.config import CoreConfig, InputError

from ..devices import Pair, SpreadTargets

__all__ = ["MacroCells"]

#: Range of the references in standard deviations of a read at P = ½, to both sides.
_REFERENCE_RANGE = 4.0

#: Seed of the chip on which the mean P of targets is measured.
_TEST_CHIP = 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class MacroCells:
    """Cells of a chip's macros.

    All of them are pairs [reading]. With comparators a level L stands for P(w = +1) = L / 2^k, the highest for 1, and
    the difference of a pair is set accordingly. With converters, which see the sum of the differences, it
    is proportional to 2P − 1. A code c of a reference of b bits stands for (c − 2^(b−1)) steps, of which half the range
    is four standard deviations of a read of a pair at P = ½, or with converters the difference of a certain weight.

    Raises
    ------
    InputError
        A field is out of range.
    """

    pair: Pair
    """Device and operating point."""

    seed: int
    """Number of the chip: determines all draws."""

    horizon: float | None = None
    """Age at which weights have the P of their level in the mean over cells that get one pulse each, s. Without it
    cells are targeted as if they were programmed exactly and did not age. Only with comparators."""

    verify_reads: int = 64
    """Reads whose mean a verify read is: a single one is as noisy as the weight that it samples."""

    def __post_init__(self) -> None:
        for name, least in (("seed", 0), ("verify_reads", 1)):
            if type(getattr(self, name)) is not int or getattr(self, name) < least:
                raise InputError(f"{name} must be an integer of at least {least}, not {getattr(self, name)!r}")

    def targets(self, config: CoreConfig) -> Tensor:
        """Return the target of the weight cell for each level, µS, float32, shape (2^k,)."""
        levels = 1 << config.layers[0].weight_bits
        probability = torch.arange(levels, dtype=torch.float64) / levels
        probability[-1] = 1
        if not config.sensing.converts:
            return (self.pair.targets if self._spread_targets is None else self._spread_targets)(probability).float()
        if self.horizon is not None:
            raise InputError(f"horizon must be omitted with converters, not {self.horizon!r}")
        lowest, highest = self.pair.model.limits
        middle = self.pair.noise_target
        return (middle + (2 * probability - 1) * self.unit(config)).clamp(lowest, highest).float()

    def unit(self, config: CoreConfig) -> float:
        """Return the difference of a pair whose weight is certain, µS: an agreement for converters."""
        lowest, highest = self.pair.model.limits
        unit = min(highest - self.pair.noise_target, self.pair.noise_target - lowest)
        if config.sensing.converts and not unit > 0:
            raise InputError(
                f"noise_target must be between {lowest:g} and {highest:g} with converters, "
                f"not {self.pair.noise_target!r}"
            )
        return unit

    def limits(self, config: CoreConfig) -> Tensor:
        """Return the difference from which on a verify read finds each level but 0, µS, float32, shape (2^k − 1,)."""
        targets = self.targets(config)
        return (targets[:-1] + targets[1:]) / 2 - self.pair.noise_target

    def reference(self, config: CoreConfig, codes: Tensor) -> Tensor:
        """Return the conductances of the codes of references, µS, float32."""
        macro = config.macro
        if macro is None:
            raise InputError("macro must be in the configuration of a core with macros, not omitted")
        largest = self.unit(config) if config.sensing.converts else self._spread
        return (codes - macro.reference_reset).float() * (largest / macro.reference_reset)

    @functools.cached_property
    def _spread_targets(self) -> SpreadTargets | None:
        if self.horizon is None:
            return None
        return SpreadTargets(self.pair, verify=None, seconds=self.horizon, seed=_TEST_CHIP)

    @functools.cached_property
    def _spread(self) -> float:
        middle = torch.tensor(self.pair.noise_target, dtype=torch.float64)
        return _REFERENCE_RANGE * float(self.pair.deviation(middle))
