import torch

from golden.training import distort


def images(count=20, side=8):
    return torch.randint(0, 16, (count, side * side), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def test_no_distortion_changes_and_draws_nothing():
    generator = torch.Generator().manual_seed(1)
    before = generator.get_state()
    assert torch.equal(distort(images(), 0.0, generator), images())
    assert torch.equal(generator.get_state(), before)


def test_pixels_stay_in_range_and_shape():
    result = distort(images(), 0.3, torch.Generator().manual_seed(1))
    assert result.dtype == torch.uint8
    assert result.shape == (20, 64)
    assert int(result.max()) <= 15
    assert (result != images()).any(dim=1).all()


def test_a_tiny_distortion_rounds_to_nothing():
    assert torch.equal(distort(images(), 1e-4, torch.Generator().manual_seed(1)), images())


def test_every_image_is_distorted_in_its_own_way_and_again_the_same():
    same = images(count=1).expand(20, -1)
    result = distort(same, 0.2, torch.Generator().manual_seed(1))
    assert len(result.unique(dim=0)) == 20
    assert torch.equal(distort(same, 0.2, torch.Generator().manual_seed(1)), result)


def test_channels_are_distorted_alike():
    """A square image of three channels gets what each of its channels would get alone."""
    channels = images(count=60).reshape(20, 3, 64)
    together = distort(channels.transpose(1, 2).flatten(1), 0.2, torch.Generator().manual_seed(1), image=(8, 8, 3))
    for channel in range(3):
        alone = distort(channels[:, channel], 0.2, torch.Generator().manual_seed(1))
        assert torch.equal(together.reshape(20, 64, 3)[:, :, channel], alone)


def test_an_image_need_not_be_square():
    pixels = images()
    result = distort(pixels, 1e-4, torch.Generator().manual_seed(1), image=(4, 16, 1))
    assert torch.equal(result, pixels)
    assert not torch.equal(distort(pixels, 0.2, torch.Generator().manual_seed(1), image=(4, 16, 1)), pixels)
