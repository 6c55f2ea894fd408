import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from golden.common import largest, windows

from ..convolutions import window_values
from ..training.test_binary import random_window


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32, torch.int64])
@given(st.randoms(use_true_random=False))
def test_windows_are_in_the_order_of_the_contract(dtype, rng):
    window = random_window(rng)
    source = window.source
    shape = (2, source.height, source.width, source.channels)
    maps = torch.randint(1, 2**source.bits, shape, generator=torch.Generator().manual_seed(rng.randint(0, 99))).to(
        dtype
    )
    found = windows(window, maps)
    assert found.dtype == dtype
    for index in range(2):
        for y in range(window.height):
            for x in range(window.width):
                assert found[index, y, x].flatten().tolist() == window_values(window, maps[index], y, x)


def test_windows_take_a_view():
    """Every other column of a map, which is not contiguous."""
    window = random_window(random.Random(3))
    source = window.source
    wide = torch.randint(0, 2, (1, source.height, source.width, 2 * source.channels), generator=torch.Generator())
    assert torch.equal(windows(window, wide[..., ::2]), windows(window, wide[..., ::2].contiguous()))


@pytest.mark.parametrize("side", [1, 2])
def test_largest(side):
    maps = torch.randint(-9, 9, (2, 4, 6, 3), generator=torch.Generator().manual_seed(0))
    found = largest(maps, side)
    assert found.shape == (2, 4 // side, 6 // side, 3)
    for index, row, col, channel in torch.cartesian_prod(*map(torch.arange, found.shape)).tolist():
        square = maps[index, row * side : (row + 1) * side, col * side : (col + 1) * side, channel]
        assert found[index, row, col, channel] == square.max()
