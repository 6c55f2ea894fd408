import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from golden.common import windows
from golden.training import BinaryConv2d, BinaryLinear, sign
from hdl.config import FeatureMap, Window

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


def random_window(rng):
    source = FeatureMap(
        height=rng.randint(1, 6), width=rng.randint(1, 6), channels=rng.randint(1, 4), bits=rng.choice((1, 8))
    )
    kernel = rng.choice([k for k in (1, 3, 5) if k <= min(source.height, source.width) + 2 * (k // 2)])
    least = next(p for p in range(kernel) if kernel <= min(source.height, source.width) + 2 * p)
    return Window(source=source, kernel=kernel, stride=rng.choice((1, 2)), padding=rng.randint(least, kernel // 2))


@given(st.randoms(use_true_random=False), st.integers(0, 2**32))
def test_convolution_is_that_of_the_signs(rng, seed):
    """Against the product of `bits`, in the order of the contract, and windows with the darkest pixel around them."""
    generator = torch.Generator().manual_seed(seed)
    window = random_window(rng)
    source, gain = window.source, 2**window.source.bits - 1
    layer = BinaryConv2d(window, 3, generator=generator)
    shape = (2, source.height, source.width, source.channels)
    pixels = torch.randint(0, gain + 1, shape, generator=generator)
    z = layer(2.0 * pixels.permute(0, 3, 1, 2) - gain)
    assert z.shape == (2, 3, window.height, window.width)
    bits = layer.bits()
    assert bits.shape == (3, window.inputs)
    seen = windows(window, pixels).reshape(2, window.positions, window.inputs)
    expected = (2 * seen - gain) @ (2 * bits - 1).T
    assert z.permute(0, 2, 3, 1).reshape(expected.shape).tolist() == expected.tolist()


def test_order_of_a_convolution():
    source = FeatureMap(height=3, width=3, channels=2)
    layer = BinaryConv2d(Window(source=source, kernel=3, stride=1, padding=1), 2, generator=torch.Generator())
    with torch.no_grad():
        layer.latent.fill_(-1.0)
        layer.latent[1, 1, 2, 0] = 0.5
    assert layer.bits().nonzero().tolist() == [[1, (2 * 3 + 0) * 2 + 1]]


def test_gradient_of_a_convolution_reaches_the_latent_weights():
    source = FeatureMap(height=4, width=4, channels=2)
    window = Window(source=source, kernel=3, stride=1, padding=1)
    layer = BinaryConv2d(window, 2, generator=torch.Generator())
    with torch.no_grad():
        layer.latent[0, 0, 0, 0] = 1.5
    layer(torch.ones(1, 2, 4, 4))[0, :, 1, 1].sum().backward()
    outside = torch.zeros_like(layer.latent)
    outside[0, 0, 0, 0] = 1
    assert torch.equal(layer.latent.grad, 1 - outside)
    layer.clip()
    assert layer.latent.max() == 1
