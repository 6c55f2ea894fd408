import numpy as np
import pytest
import torch

from golden.faults import Branches, spread


@pytest.mark.parametrize("passes", [1, 2, 3, 8, 9])
@pytest.mark.parametrize("choices", [[2, 2], [2, 2, 2, 2], [4, 3], [1, 2]])
def test_every_pass_finds_what_its_masks_made(passes, choices):
    """Values that spell out the choices taken so far: each pass ends with its own."""
    rng = np.random.default_rng(passes)
    inputs = 5
    drawn = [torch.from_numpy(rng.integers(0, count, (inputs, passes))) for count in choices]
    branches = Branches.begin(inputs, passes, torch.device("cpu"))
    values = torch.zeros(1, inputs, 1, dtype=torch.int64)
    for chosen, count in zip(drawn, choices, strict=True):
        branches = branches.grow(chosen, count)
        values = spread(values, branches.parents)
        taken = torch.arange(values.shape[2]) % count if branches.choice is None else branches.choice
        values = values * 10 + taken
        assert values.shape[2] == branches.count <= passes
    expected = torch.zeros(inputs, passes, dtype=torch.int64)
    for chosen in drawn:
        expected = expected * 10 + chosen
    assert (branches.separate(values)[0] == expected).all()
    apart = branches.separated()
    assert (spread(values, apart.parents)[0] == expected).all()
    assert apart.count == passes
