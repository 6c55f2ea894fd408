import pytest
import torch

from golden.training import shift

IMAGE = (5, 7, 2)


def images(count=200):
    """Return images whose pixels all differ and of which none is 0."""
    return (torch.arange(70, dtype=torch.uint8) + 1).expand(count, -1)


def shifted(most, mirror, seed=1, pixels=None):
    generator = torch.Generator().manual_seed(seed)
    return shift(images() if pixels is None else pixels, IMAGE, most=most, mirror=mirror, generator=generator)


def moved(down, right, mirror):
    """Return the image moved in plain loops."""
    image = images(1).reshape(IMAGE)
    result = torch.zeros(IMAGE, dtype=torch.uint8)
    for row in range(5):
        for col in range(7):
            if 0 <= row - down < 5 and 0 <= col - right < 7:
                source = 6 - (col - right) if mirror else col - right
                result[row, col] = image[row - down, source]
    return result.flatten().tolist()


def test_nothing_changes_and_draws_nothing():
    generator = torch.Generator().manual_seed(1)
    before = generator.get_state()
    assert torch.equal(shift(images(), IMAGE, most=0, mirror=False, generator=generator), images())
    assert torch.equal(generator.get_state(), before)


@pytest.mark.parametrize(("most", "mirror"), [(0, True), (1, False), (1, True), (2, False), (2, True)])
def test_every_move_occurs_and_nothing_else(most, mirror):
    result = shifted(most, mirror, pixels=images(600))
    assert result.dtype == torch.uint8
    moves = range(-most, most + 1)
    expected = {tuple(moved(down, right, turned)) for down in moves for right in moves for turned in {False, mirror}}
    assert {tuple(row) for row in result.tolist()} == expected


def test_an_image_may_be_moved_out_of_sight():
    assert any(not row.any() for row in shifted(9, False))


def test_half_of_them_are_mirrored():
    turned = int((shifted(0, True, pixels=images(2000)) != images(2000)).any(dim=1).sum())
    # Five standard deviations.
    assert abs(turned - 1000) < 5 * (2000 / 4) ** 0.5


def test_the_same_seed_changes_the_same():
    assert torch.equal(shifted(2, True), shifted(2, True))
    assert not torch.equal(shifted(2, True), shifted(2, True, seed=2))
