import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from golden.binary import BinaryLinear, sign

REALS = st.floats(allow_nan=False, width=32)


@given(st.lists(REALS, min_size=1))
def test_sign(values):
    assert sign(torch.tensor(values)).tolist() == [1.0 if value >= 0 else -1.0 for value in values]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_sign_of_zero_is_positive(dtype):
    result = sign(torch.tensor([0.0, -0.0], dtype=dtype))
    assert result.dtype == dtype
    assert result.tolist() == [1, 1]


@given(st.lists(REALS, min_size=1))
def test_gradient_passes_straight_through(values):
    x = torch.tensor(values, requires_grad=True)
    weights = torch.arange(1.0, len(values) + 1)
    (sign(x) * weights).sum().backward()
    assert x.grad.tolist() == [w if abs(value) <= 1 else 0.0 for value, w in zip(values, weights.tolist(), strict=True)]


@given(st.integers(0, 2**32), st.integers(1, 30), st.integers(1, 10))
def test_product_is_exact(seed, inputs, outputs):
    generator = torch.Generator().manual_seed(seed)
    layer = BinaryLinear(inputs, outputs, generator=generator)
    x = torch.randint(-255, 256, (4, inputs), generator=generator)
    weights = [[1 if bit else -1 for bit in row] for row in layer.bits().tolist()]
    expected = [[sum(w * v for w, v in zip(row, image, strict=True)) for row in weights] for image in x.tolist()]
    assert layer(x.float()).tolist() == expected


def test_clip():
    layer = BinaryLinear(3, 1, generator=torch.Generator())
    with torch.no_grad():
        layer.latent.copy_(torch.tensor([[-3.0, 0.5, 3.0]]))
    layer.clip()
    assert layer.latent.tolist() == [[-1, 0.5, 1]]
    assert layer.bits().tolist() == [[0, 1, 1]]
