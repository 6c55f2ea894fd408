"""Per-chip fault realisations."""

import torch
from torch import Generator, Tensor

from hdl.config import Layer

from ..common import seed_of
from .faults import Fault, PreActivationFault, WeightFault, deviation

__all__ = ["Chips"]


class Chips:
    """Fault realisations of some chips.

    Their weights, the frozen part of their noise, and the source of the fresh part.

    Parameters
    ----------
    fault
        The fault.
    layers
        All layers.
    signs
        Weights ±1 of each as they were meant, shape (outputs, inputs).
    chips
        Numbers of the chips: with the seed they determine the frozen draws.
    seed
        Seed of the faults.
    device
        Where to compute.
    """

    def __init__(
        self,
        fault: Fault,
        layers: tuple[Layer, ...],
        signs: list[Tensor],
        chips: range,
        seed: int,
        device: torch.device,
    ):
        self.fault = fault
        self._chips, self._seed, self._device = chips, seed, device
        self._fresh = Generator(device)
        # Frozen draws are made on the processor, so that a chip is the same on every device.
        generators = {layer.index: [_generator(seed, chip, layer.index) for chip in chips] for layer in layers}
        #: Weights of each layer, shape (chips or 1, outputs, inputs).
        self.weights = [each.unsqueeze(0) for each in signs]
        self._frozen: dict[int, Tensor] = {}
        if isinstance(fault, WeightFault):
            self.weights = [fault.weights(each, generators[index]) for index, each in enumerate(signs)]
        elif isinstance(fault, PreActivationFault) and not fault.fresh:
            for layer in layers:
                drawn = [fault.noise((layer.outputs,), generator) for generator in generators[layer.index]]
                self._frozen[layer.index] = torch.stack(drawn).to(device)[:, None, None, None]

    def begin(self, first_input: int) -> None:
        """Begin with a batch, whose reads draw anew."""
        self._fresh.manual_seed(seed_of(self._seed, self._chips.start, first_input))

    def disturb(self, layer: Layer, z: Tensor) -> Tensor:
        """Return z of ``layer`` with the faults, shape (chips or 1, n, branches, positions, outputs)."""
        if not isinstance(self.fault, PreActivationFault):
            return z
        if self.fault.fresh:
            noise = self.fault.noise((len(self._chips), *z.shape[1:]), self._fresh)
        else:
            noise = self._frozen[layer.index]
        return self.fault.disturb(z, noise.to(z.dtype), deviation(layer))


def _generator(*numbers: int) -> Generator:
    return Generator().manual_seed(seed_of(*numbers))
