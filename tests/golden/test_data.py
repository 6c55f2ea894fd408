import gzip
import math
import struct

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from golden import data
from golden.data import DATA_VARIABLE, load
from hdl.config import CoreConfig, InputError

FASHION = CoreConfig.load("fashion")


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


@pytest.mark.parametrize("config", [FASHION, CoreConfig.load("digits")])
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
        ("network", {"classes": 9}, r"^network\.classes must be 10 for 'digits', not 9$"),
        ("data", {"pool": 3}, r"^data\.pool must divide 8 for 'digits', not 3$"),
        ("data", {"pool": 16}, r"^data\.pool must divide 8 for 'digits', not 16$"),
    ],
)
def test_configuration_that_does_not_fit(section, update, message):
    with pytest.raises(InputError, match=message):
        load(changed(CoreConfig.load("digits"), section, **update))
