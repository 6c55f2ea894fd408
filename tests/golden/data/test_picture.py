"""Images of every mode: converted right, or refused by name."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from golden.data.picture import read_picture
from hdl.config import InputError

SHAPE = (32, 32, 3)
RNG = np.random.default_rng(0)
GRAY = RNG.integers(0, 256, (32, 32), dtype=np.uint8)
COLOURS = RNG.integers(0, 256, SHAPE, dtype=np.uint8)


def saved(tmp_path, image, **options):
    path = tmp_path / "image.png"
    image.save(path, **options)
    return path


def refusal(path):
    with pytest.raises(InputError) as refused:
        read_picture(path, SHAPE)
    line = str(refused.value)
    assert line.startswith(f"{path}: must ")
    assert "\n" not in line
    return line.removeprefix(f"{path}: ")


def test_colours(tmp_path):
    assert np.array_equal(read_picture(saved(tmp_path, Image.fromarray(COLOURS)), SHAPE), COLOURS)


def test_gray(tmp_path):
    found = read_picture(saved(tmp_path, Image.fromarray(GRAY)), SHAPE)
    assert np.array_equal(found, np.repeat(GRAY[..., None], 3, axis=2))


def test_black_and_white(tmp_path):
    found = read_picture(saved(tmp_path, Image.fromarray(GRAY > 127)), SHAPE)
    assert np.array_equal(found, np.repeat(np.where(GRAY > 127, 255, 0).astype(np.uint8)[..., None], 3, axis=2))


def test_sixteen_bits(tmp_path):
    """As a fraction of white, rounded: Pillow itself would make everything above 255 white."""
    deep = RNG.integers(0, 2**16, (32, 32), dtype=np.uint16)
    deep[0, :4] = (0, 128, 129, 65535)
    found = read_picture(saved(tmp_path, Image.fromarray(deep)), SHAPE)
    expected = np.floor(deep.astype(float) * 255 / 65535 + 0.5).astype(np.uint8)
    assert np.array_equal(found, np.repeat(expected[..., None], 3, axis=2))
    assert found[0, :4, 0].tolist() == [0, 0, 1, 255]


def test_palette(tmp_path):
    image = Image.fromarray(COLOURS).quantize(7)
    found = read_picture(saved(tmp_path, image), SHAPE)
    assert np.array_equal(found, np.asarray(image.convert("RGB")))
    assert len(np.unique(found.reshape(-1, 3), axis=0)) == 7


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_alpha(tmp_path, mode):
    """An opaque image has its colours; a transparent point has none of its own."""
    image = Image.fromarray(COLOURS).convert(mode)
    found = read_picture(saved(tmp_path, image), SHAPE)
    assert np.array_equal(found, np.asarray(image.convert("RGB")))
    image.putpixel((3, 4), (*image.getpixel((3, 4))[:-1], 254))
    assert refusal(saved(tmp_path, image)) == (
        f"must be gray, RGB or a palette, without transparent points, not of the mode '{mode}'"
    )


def test_transparent_palette(tmp_path):
    image = Image.fromarray(COLOURS).quantize(7)
    assert "transparent points" in refusal(saved(tmp_path, image, transparency=3))
    assert "transparent points" in refusal(saved(tmp_path, Image.new("RGB", (32, 32)), transparency=(0, 0, 0)))


def test_cmyk(tmp_path):
    path = tmp_path / "image.jpg"
    Image.fromarray(COLOURS).convert("CMYK").save(path)
    assert refusal(path).endswith("not of the mode 'CMYK'")


@pytest.mark.parametrize("suffix", ["jpg", "png"])
@pytest.mark.parametrize(("orientation", "turns"), [(1, 0), (3, 2), (6, 3), (8, 1)])
def test_orientation(tmp_path, suffix, orientation, turns):
    """An image that is turned in its file stands upright."""
    upright = np.zeros(SHAPE, dtype=np.uint8)
    upright[:16, :, 0] = 200
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"image.{suffix}"
    Image.fromarray(np.rot90(upright, -turns)).save(path, exif=exif)
    found = read_picture(path, SHAPE)
    assert np.abs(found.astype(int) - np.rot90(np.rot90(upright, -turns), turns)).max() < 80
    assert found[:12, :, 0].min() > 150
    assert found[20:, :, 0].max() < 50


def test_sizes(tmp_path):
    assert refusal(saved(tmp_path, Image.new("RGB", (30, 32)))) == "must have the shape (32, 32, 3), not (32, 30, 3)"


def test_bomb(tmp_path):
    """A file of a few bytes that claims 10^10 points."""
    made = io.BytesIO()
    Image.new("RGB", (32, 32)).save(made, format="PNG")
    content = bytearray(made.getvalue())
    content[16:24] = struct.pack(">II", 100_000, 100_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    path = tmp_path / "image.png"
    path.write_bytes(content)
    assert refusal(path) == "must be a whole JPEG or PNG image, not a damaged or truncated one"


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP"])
def test_other_formats(tmp_path, kind):
    path = tmp_path / "image.png"
    Image.new("RGB", (32, 32)).save(path, format=kind)
    assert refusal(path) == "must be a whole JPEG or PNG image, not a damaged or truncated one"


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_damaged(tmp_path, suffix):
    path = tmp_path / f"image.{suffix}"
    Image.fromarray(COLOURS).save(path)
    whole = path.read_bytes()
    refused = 0
    for length in range(0, len(whole), 37):
        path.write_bytes(whole[:length])
        try:
            read_picture(path, SHAPE)
        except InputError:
            refused += 1
    assert refused > len(whole) / 37 * 0.9
