import itertools

import pytest
import torch

from golden.common import largest
from golden.neurons import fire

_COUNT_MAX = 4


@pytest.mark.parametrize("flip", [0, 1])
@pytest.mark.parametrize("threshold", range(_COUNT_MAX + 2))
def test_pooled_counts_fire_as_pooled_activations(threshold, flip):
    """Every square of counts: their maximum where the neuron is not flipped, their minimum where it is."""
    squares = torch.tensor(list(itertools.product(range(_COUNT_MAX + 1), repeat=4)))
    thresholds, flips = torch.tensor([[threshold]]), torch.tensor([flip])
    fired = fire(squares.reshape(-1, 1), thresholds, flips).view(-1, 2, 2, 1)
    after = largest(fired, 2).flatten()
    # The smallest of numbers is what is left of the largest of their opposites.
    maps = squares.view(-1, 2, 2, 1)
    pooled = -largest(-maps, 2) if flip else largest(maps, 2)
    before = fire(pooled.view(-1, 1), thresholds, flips).flatten()
    assert torch.equal(before, after)
    # The other one is not the same, but where nothing can fire or all does.
    other = largest(maps, 2) if flip else -largest(-maps, 2)
    wrong = fire(other.view(-1, 1), thresholds, flips).flatten()
    assert torch.equal(wrong, after) == (threshold in (0, _COUNT_MAX + 1))
