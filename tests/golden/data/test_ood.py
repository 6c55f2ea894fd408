import numpy as np
import pytest
import torch

from golden.data import default_names, image_shape, load, make_ood
from hdl.config import CoreConfig, InputError
from tests.golden.data.test_idx import idx

TINY, DIGITS = CoreConfig.load("tiny"), CoreConfig.load("digits")


@pytest.fixture(scope="module")
def pixels():
    return load(DIGITS).test_pixels


def test_image_shapes():
    shapes = {name: image_shape(CoreConfig.load(name)) for name in ("tiny", "digits", "fashion", "fashion_cnn", "vgg")}
    assert shapes == {
        "tiny": (4, 4, 1),
        "digits": (8, 8, 1),
        "fashion": (28, 28, 1),
        "fashion_cnn": (28, 28, 1),
        "vgg": (32, 32, 3),
    }


@pytest.mark.parametrize("config", [TINY, DIGITS], ids=lambda config: config.name)
@pytest.mark.parametrize("name", ["rotated-90", "rotated-45", "rotated-10", "shuffled", "noise"])
def test_sets_have_the_shape_and_bits_of_the_test_set(config, name):
    test = load(config).test_pixels
    made = make_ood(name, config, test, seed=3)
    assert (made.shape, made.dtype) == (test.shape, torch.uint8)
    assert int(made.max()) <= config.layers[0].plane_gain
    assert (made != test).any(dim=1).double().mean() > 0.5
    assert torch.equal(made, make_ood(name, config, test, seed=3))


def test_quarter_turns(pixels):
    images = pixels.numpy().reshape(-1, 8, 8)
    for turns in (1, 2, 3):
        made = make_ood(f"rotated-{90 * turns}", DIGITS, pixels, seed=0)
        assert (made.numpy().reshape(-1, 8, 8) == np.rot90(images, turns, axes=(1, 2))).all()


def test_other_turns_go_the_same_way():
    """A dot on the right goes up, by 80 degrees nearly as far as by 90."""
    image = torch.zeros(1, 8, 8, dtype=torch.uint8)
    image[0, 3:5, 6] = 15
    made = make_ood("rotated-80", DIGITS, image.flatten(1), seed=0).reshape(8, 8)
    rows, cols = np.nonzero(made.numpy() > 3)
    assert rows.max() <= 2
    assert 2 <= cols.min() <= cols.max() <= 5


def test_four_turns_of_an_angle_lose_little(pixels):
    """Bilinear turns about the centre: there and back is nearly the same image inside."""
    there = make_ood("rotated-30", DIGITS, pixels, seed=0)
    back = make_ood("rotated-330", DIGITS, there, seed=0).reshape(-1, 8, 8)[:, 2:6, 2:6].double()
    inside = pixels.reshape(-1, 8, 8)[:, 2:6, 2:6].double()
    assert (back - inside).abs().mean() < (there.reshape(-1, 8, 8)[:, 2:6, 2:6].double() - inside).abs().mean() * 0.7


def test_shuffling_keeps_the_histogram_and_colours(pixels):
    made = make_ood("shuffled", DIGITS, pixels, seed=0)
    assert torch.equal(made.sort(dim=1).values, pixels.sort(dim=1).values)
    # Every image has an order of its own.
    same = torch.arange(64, dtype=torch.uint8).repeat(20, 1) % 16
    assert len(torch.unique(make_ood("shuffled", DIGITS, same, seed=0), dim=0)) == 20
    vgg = CoreConfig.load("vgg")
    colours = torch.arange(1024).repeat_interleave(3).remainder(251).to(torch.uint8)[None]
    made = make_ood("shuffled", vgg, colours, seed=0).reshape(-1, 3)
    assert (made == made[:, :1]).all()


def test_noise_is_uniform(pixels):
    counts = torch.bincount(make_ood("noise", DIGITS, pixels, seed=0).flatten().long(), minlength=16)
    expected = pixels.numel() / 16
    # Chi-squared with 15 degrees of freedom: beyond 45 with probability 8e-5.
    assert ((counts - expected) ** 2 / expected).sum() < 45
    assert not torch.equal(make_ood("noise", DIGITS, pixels, seed=0), make_ood("noise", DIGITS, pixels, seed=1))


def test_digits_for_a_larger_network():
    """An 8 × 8 image at 28 × 28 and 8 bits: white stays white, black black, and its mean about the same."""
    fashion = CoreConfig.load("fashion")
    made = make_ood("digits", fashion, torch.zeros(1, 784, dtype=torch.uint8), seed=0)
    assert made.shape == (1797, 784)
    assert (int(made.min()), int(made.max())) == (0, 255)
    raw = load(DIGITS).test_pixels.double().mean() / 15
    assert float(made.double().mean()) / 255 == pytest.approx(float(raw), rel=0.05)
    assert len(make_ood("digits", fashion, made[:1], seed=0, most=7)) == 7


def test_fashion_for_a_smaller_network(tmp_path):
    """28 × 28 at 4 × 4 and 2 bits: means of 7 × 7 squares in thirds of white, rounded half up."""
    raw = np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype=np.uint8)
    raw[0] = 255
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(idx(raw))
    made = make_ood("fashion", TINY, torch.zeros(1, 16, dtype=torch.uint8), seed=0, directory=tmp_path)
    mean = raw.reshape(5, 4, 7, 4, 7).astype(float).mean(axis=(2, 4))
    assert (made.numpy().reshape(5, 4, 4) == np.floor(mean / 255 * 3 + 0.5)).all()
    assert (made[0] == 3).all()


def test_default_names():
    assert default_names(DIGITS) == ("rotated-90", "rotated-45", "shuffled", "noise", "fashion", "cifar10")
    assert default_names(CoreConfig.load("vgg"))[-2:] == ("digits", "fashion")


@pytest.mark.parametrize("name", ["rotated-0", "rotated-360", "rotated-x", "digits", "mnist", ""])
def test_refuses_an_unknown_set(pixels, name):
    with pytest.raises(InputError) as error:
        make_ood(name, DIGITS, pixels, seed=0)
    assert str(error.value) == f"ood must be rotated-<1 to 359>, shuffled, noise, fashion, cifar10, not {name!r}"


def test_refuses_to_turn_what_is_not_square():
    image = {"inputs": 24, "image": [4, 6, 1], "input_bits": 1, "hidden": [4], "classes": 10}
    config = CoreConfig.model_validate(DIGITS.model_dump(mode="json") | {"network": image, "bayes": {"p": [0.5]}})
    with pytest.raises(InputError, match=r"^ood must not be rotated-90 where images are not square, but 4 × 6$"):
        make_ood("rotated-90", config, torch.zeros(2, 24, dtype=torch.uint8), seed=0)
