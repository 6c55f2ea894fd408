import gzip
import math
import struct
from fractions import Fraction

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_digits

from golden.data import CLASSES, DATA_VARIABLE, data, load
from hdl.config import CoreConfig, InputError

FASHION = CoreConfig.load("fashion")
CIFAR10 = CoreConfig.load("vgg_small")


def changed(config, section, **update):
    document = config.model_dump()
    document[section].update(update)
    return CoreConfig.model_validate(document)


def write_fashion(directory, *, train=5, test=3, labels=None, compress=False):
    rng = np.random.default_rng(0)
    members = {
        "train-images-idx3-ubyte": rng.integers(0, 256, (train, 28, 28)),
        "train-labels-idx1-ubyte": np.arange(train) % 10 if labels is None else np.array(labels),
        "t10k-images-idx3-ubyte": rng.integers(0, 256, (test, 28, 28)),
        "t10k-labels-idx1-ubyte": np.arange(test) % 10,
    }
    for name, array in members.items():
        content = struct.pack(f">I{array.ndim}I", 0x0800 | array.ndim, *array.shape) + array.astype(np.uint8).tobytes()
        if compress:
            (directory / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (directory / name).write_bytes(content)
    return members


@pytest.mark.parametrize("name", ["digits", "tiny"])
def test_digits_split(name):
    dataset = load(CoreConfig.load(name))
    assert dataset.train_pixels.dtype == dataset.test_pixels.dtype == torch.uint8
    assert dataset.train_labels.dtype == dataset.test_labels.dtype == torch.int64
    assert (len(dataset.train_pixels), len(dataset.test_pixels)) == (1437, 360)
    assert (len(dataset.train_labels), len(dataset.test_labels)) == (1437, 360)
    # Stratified: every class is as frequent in both parts as in the whole.
    whole = np.bincount(load_digits().target)
    assert np.abs(dataset.test_labels.bincount().numpy() - whole * 360 / 1797).max() < 1


def test_no_test_image_is_trained_on():
    # Distinct scans can quantize to the same pixels, so look for the raw ones.
    train, _, test, _ = data._digits()
    assert not {image.tobytes() for image in train} & {image.tobytes() for image in test}
    assert len(train) + len(test) == len(load_digits().target)


@pytest.mark.parametrize(("pool", "bits"), [(1, 1), (1, 4), (1, 8), (2, 1), (2, 2), (4, 3)])
def test_quantization_rounds_half_up(pool, bits):
    config = CoreConfig.load("digits")
    document = config.model_dump()
    document["data"]["pool"] = pool
    document["network"].update(inputs=(8 // pool) ** 2, input_bits=bits)
    images, _, _, _ = data._digits()
    found = load(CoreConfig.model_validate(document)).train_pixels
    for image, pixels in zip(images[:20], found[:20].tolist(), strict=True):
        squares = [
            image[row : row + pool, col : col + pool].astype(int).sum()
            for row in range(0, 8, pool)
            for col in range(0, 8, pool)
        ]
        # 16 is a power of two, so the mean is exact in floating point.
        assert pixels == [math.floor(int(each) / (16 * pool * pool) * (2**bits - 1) + 0.5) for each in squares]


@pytest.mark.parametrize("compress", [False, True])
def test_fashion_files(tmp_path, compress):
    members = write_fashion(tmp_path, compress=compress)
    dataset = load(FASHION, tmp_path)
    assert np.array_equal(dataset.train_pixels.numpy(), members["train-images-idx3-ubyte"].reshape(5, 784))
    assert np.array_equal(dataset.test_labels.numpy(), members["t10k-labels-idx1-ubyte"])


def test_fashion_from_the_environment(tmp_path, monkeypatch):
    write_fashion(tmp_path)
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    assert len(load(FASHION).train_pixels) == 5
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "none"))
    with pytest.raises(InputError, match=rf"^{DATA_VARIABLE} must be a directory, not '.*none'$"):
        load(FASHION)


def test_fashion_not_installed(tmp_path, monkeypatch):
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    monkeypatch.setattr(data, "_DEBIAN_FASHION", tmp_path / "none")
    with pytest.raises(InputError, match=r"apt install dataset-fashion-mnist\) or BAYESCIM_DATA must name a directory"):
        load(FASHION)


def cifar10_images(count):
    """Return images, and labels of which every class occurs."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8), np.arange(count, dtype=np.uint8) % 10


def write_batches(directory, images, labels):
    """Write the canonical files: the training images in five, the same ones for testing."""
    directory.mkdir(parents=True)
    planes = images.transpose(0, 3, 1, 2).reshape(len(images), -1)
    records = np.concatenate([labels[:, None], planes], axis=1)
    for number, part in enumerate(np.array_split(records, 5), 1):
        (directory / f"data_batch_{number}.bin").write_bytes(part.tobytes())
    (directory / "test_batch.bin").write_bytes(records.tobytes())


def write_folder(directory, images, labels):
    """Write lossless images by class, so that pixels can be compared."""
    for part in ("train", "test"):
        for label, name in enumerate(CLASSES):
            (directory / part / name).mkdir(parents=True)
            for index in np.flatnonzero(labels == label):
                Image.fromarray(images[index]).save(directory / part / name / f"{index:04}.png")


@pytest.mark.parametrize("within", ["", "cifar-10-batches-bin"])
def test_cifar10_batches(tmp_path, within):
    images, labels = cifar10_images(20)
    write_batches(tmp_path / "data" / within, images, labels)
    dataset = load(CIFAR10, tmp_path / "data")
    for pixels, found in (
        (dataset.train_pixels, dataset.train_labels),
        (dataset.test_pixels, dataset.test_labels),
    ):
        assert np.array_equal(pixels.numpy(), images.reshape(20, 3072))
        assert np.array_equal(found.numpy(), labels)
    assert dataset.train_pixels.dtype == torch.uint8
    assert dataset.train_labels.dtype == torch.int64


def test_cifar10_folder(tmp_path, monkeypatch):
    images, labels = cifar10_images(20)
    write_folder(tmp_path, images, labels)
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    dataset = load(CIFAR10)
    order = np.argsort(labels, kind="stable")
    assert np.array_equal(dataset.train_pixels.numpy(), images[order].reshape(20, 3072))
    assert np.array_equal(dataset.train_labels.numpy(), labels[order])
    # The first test images are of all classes.
    assert np.array_equal(dataset.test_pixels.numpy(), images.reshape(20, 3072))
    assert dataset.test_labels.tolist() == list(range(10)) * 2
    assert list(CLASSES) == sorted(CLASSES)


def test_cifar10_jpeg(tmp_path):
    """The lossy copy that is spread: near to what was written, with the channels where they belong."""
    images, labels = cifar10_images(10)
    images[:] = np.array([200, 100, 30], dtype=np.uint8)
    write_folder(tmp_path, images, labels)
    for path in sorted(tmp_path.glob("*/*/*.png")):
        Image.open(path).save(path.with_suffix(".jpg"))
        path.unlink()
    pixels = load(CIFAR10, tmp_path).train_pixels.reshape(10, 32, 32, 3).int()
    assert (pixels - torch.tensor([200, 100, 30])).abs().max() < 8


@pytest.mark.parametrize("pool", [1, 2, 4])
@pytest.mark.parametrize("bits", [1, 3, 8])
def test_channels_are_quantized_apart(tmp_path, pool, bits):
    images, labels = cifar10_images(10)
    write_batches(tmp_path / "data", images, labels)
    side = 32 // pool
    network = {"inputs": side * side * 3, "image": None, "convolutions": (), "hidden": (2,), "input_bits": bits}
    document = {**CIFAR10.model_dump(), "data": {"set": "cifar10", "pool": pool}}
    document["network"].update(network)
    document.update(bayes={"p": [0.5]}, array={"rows": 6, "cols": 6, "rows_per_read": 3}, training={})
    found = load(CoreConfig.model_validate(document), tmp_path / "data").train_pixels.reshape(10, side, side, 3)
    full = 255 * pool * pool
    for row, col, channel in ((0, 0, 0), (1, side - 1, 1), (side - 1, 2, 2)):
        square = images[3, row * pool : (row + 1) * pool, col * pool : (col + 1) * pool, channel]
        exact = Fraction(int(square.sum()) * (2**bits - 1), full)
        assert int(found[3, row, col, channel]) == math.floor(exact + Fraction(1, 2))


def test_cifar10_is_nowhere(tmp_path, monkeypatch):
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    sources = r"cifar-10-batches-bin \(.*, unpacked\) or with train/<class>/\*\.jpg .*"
    with pytest.raises(
        InputError, match=rf"^BAYESCIM_DATA or --data must name a directory with {sources} for 'cifar10'$"
    ):
        load(CIFAR10)
    with pytest.raises(InputError, match=rf"^data directory must be a directory with {sources}, not '.*'$"):
        load(CIFAR10, tmp_path)


def test_cifar10_that_is_damaged(tmp_path):
    images, labels = cifar10_images(10)
    write_batches(tmp_path / "batches", images, labels)
    short = tmp_path / "batches" / "data_batch_3.bin"
    short.write_bytes(short.read_bytes()[:-1])
    with pytest.raises(InputError, match=r"data_batch_3\.bin: size must be a multiple of 3073 bytes, not 6145$"):
        load(CIFAR10, tmp_path / "batches")
    short.unlink()
    with pytest.raises(InputError, match=r"data_batch_3\.bin: must be readable, not 'No such file or directory'$"):
        load(CIFAR10, tmp_path / "batches")


def test_cifar10_with_other_labels(tmp_path):
    images, labels = cifar10_images(10)
    write_batches(tmp_path / "batches", images, labels + 1)
    with pytest.raises(InputError, match=r"batches: labels must be between 0 and 9, not 10$"):
        load(CIFAR10, tmp_path / "batches")


def test_cifar10_folder_that_is_damaged(tmp_path):
    images, labels = cifar10_images(10)
    write_folder(tmp_path, images, labels)
    path = tmp_path / "test" / "cat" / "0003.png"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(
        InputError, match=r"0003\.png: must be a whole JPEG or PNG image, not a damaged or truncated one$"
    ):
        load(CIFAR10, tmp_path)
    Image.fromarray(images[0, :30]).save(path)
    with pytest.raises(InputError, match=r"0003\.png: must have the shape \(32, 32, 3\), not \(30, 32, 3\)$"):
        load(CIFAR10, tmp_path)
    path.unlink()
    with pytest.raises(InputError, match=r"cat: must hold images \(\*\.jpg, \*\.jpeg, \*\.png\), not none$"):
        load(CIFAR10, tmp_path)


@pytest.mark.parametrize("config", [FASHION, CoreConfig.load("digits"), CIFAR10])
def test_directory_that_does_not_exist(tmp_path, config):
    with pytest.raises(InputError, match=r"^data directory must be a directory, not '.*nowhere'$"):
        load(config, tmp_path / "nowhere")


def test_directory_without_a_file(tmp_path):
    write_fashion(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(InputError, match=r"^data directory must hold .* not be without 't10k-labels-idx1-ubyte'"):
        load(FASHION, tmp_path)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([1, 2], r"labels must be 5, one per image, not 2$"),
        ([0, 1, 2, 3, 10], r"labels must be between 0 and 9, not 10$"),
    ],
)
def test_labels_that_do_not_fit(tmp_path, labels, message):
    write_fashion(tmp_path, labels=labels)
    with pytest.raises(InputError, match=message):
        load(FASHION, tmp_path)


@pytest.mark.parametrize(
    ("section", "update", "message"),
    [
        ("network", {"inputs": 63}, r"^network\.inputs must be 64 for 'digits' with data\.pool 1, not 63$"),
        ("network", {"image": (4, 16, 1)}, r"^network\.image must be \(8, 8, 1\) for 'digits' .* not \(4, 16, 1\)$"),
        ("network", {"classes": 9}, r"^network\.classes must be 10 for 'digits', not 9$"),
        ("data", {"pool": 3}, r"^data\.pool must divide 8 for 'digits', not 3$"),
        ("data", {"pool": 16}, r"^data\.pool must divide 8 for 'digits', not 16$"),
    ],
)
def test_configuration_that_does_not_fit(section, update, message):
    with pytest.raises(InputError, match=message):
        load(changed(CoreConfig.load("digits"), section, **update))


@pytest.mark.parametrize(
    ("train", "test", "line"),
    [
        (0, 5, "at least 2 training images, not 0"),
        (1, 5, "at least 2 training images, not 1"),
        (5, 0, "at least 1 test images, not 0"),
    ],
)
def test_too_few_images(tmp_path, train, test, line):
    for part, count in (("train", train), ("t10k", test)):
        images, labels = np.zeros((count, 28, 28), dtype=np.uint8), np.zeros(count, dtype=np.uint8)
        for name, array in ((f"{part}-images-idx3-ubyte", images), (f"{part}-labels-idx1-ubyte", labels)):
            (tmp_path / name).write_bytes(
                b"".join(size.to_bytes(4, "big") for size in (0x0800 | array.ndim, *array.shape)) + array.tobytes()
            )
    with pytest.raises(InputError, match=rf"^data directory must have {line}$"):
        load(FASHION, tmp_path)


def test_directory_that_is_not_read(tmp_path):
    with pytest.raises(InputError, match=r"^data directory must be omitted for data\.set 'digits', which is not read"):
        load(CoreConfig.load("digits"), tmp_path)


def test_digest(tmp_path):
    """That of what is in the files: of neither their form nor the configuration, and of every pixel and label."""
    digits = load(CoreConfig.load("digits")).digest
    assert load(CoreConfig.load("tiny")).digest == digits
    assert len(digits) == 64
    images, labels = cifar10_images(20)
    write_folder(tmp_path / "folder", images, labels)
    plain = load(CIFAR10, tmp_path / "folder").digest
    assert load(CIFAR10, tmp_path / "folder").digest == plain != digits
    other = images.copy()
    other[3, 4, 5, 1] ^= 1
    write_folder(tmp_path / "other", other, labels)
    assert load(CIFAR10, tmp_path / "other").digest != plain


def test_digest_of_packed_files(tmp_path):
    for place in ("plain", "packed"):
        (tmp_path / place).mkdir()
        write_fashion(tmp_path / place)
    for path in sorted((tmp_path / "packed").iterdir()):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    found = [load(FASHION, tmp_path / place).digest for place in ("plain", "packed")]
    assert found[0] == found[1] is not None
    write_fashion(tmp_path / "plain", labels=[1, 1, 2, 3, 4])
    assert load(FASHION, tmp_path / "plain").digest != found[0]
