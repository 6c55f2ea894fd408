import pytest
import torch

from golden.training.schemes import ScaleDropout


@pytest.fixture
def layer():
    return ScaleDropout(50, generator=torch.Generator().manual_seed(0))


def test_a_dropped_scale_is_one(layer):
    z = torch.randn(4, 50)
    result = layer(z, torch.tensor([0, 1, 1, 0]))
    assert torch.equal(result[[0, 3]], z[[0, 3]])
    assert torch.equal(result[[1, 2]], z[[1, 2]] * layer.scale)


def test_scales_are_positive_spread_and_learnable(layer):
    assert (layer.scale > 0).all()
    # Had all scales been 1, dropping them would have changed nothing.
    assert layer.log_scale.std() > 0.5
    layer(torch.ones(2, 50), torch.tensor([1, 0])).sum().backward()
    assert torch.allclose(layer.log_scale.grad, layer.scale)


def test_a_dropped_scale_learns_nothing(layer):
    layer(torch.ones(2, 50), torch.tensor([0, 0])).sum().backward()
    assert not layer.log_scale.grad.any()
