import gzip
import struct

import numpy as np
import pytest

from golden.data import read_idx
from hdl.config import InputError


def idx(array):
    return struct.pack(f">I{array.ndim}I", 0x0800 | array.ndim, *array.shape) + array.tobytes()


IMAGES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


@pytest.mark.parametrize("name", ["images", "images.gz"])
def test_reads_what_was_written(tmp_path, name):
    content = idx(IMAGES)
    path = tmp_path / name
    path.write_bytes(gzip.compress(content, mtime=0) if name.endswith(".gz") else content)
    assert np.array_equal(read_idx(path, dimensions=3), IMAGES)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"size must be at least 16 bytes, not 0$"),
        (idx(IMAGES)[:10], r"size must be at least 16 bytes, not 10$"),
        (idx(IMAGES)[:-1], r"size must be 40 bytes for \[2, 3, 4\] entries, not 39$"),
        (idx(IMAGES) + b"\0", r"size must be 40 bytes for \[2, 3, 4\] entries, not 41$"),
        (idx(IMAGES.reshape(-1)), r"magic number must be 0x00000803, not 0x00000801$"),
    ],
)
@pytest.mark.parametrize("compress", [False, True])
def test_names_what_is_wrong(tmp_path, content, message, compress):
    path = tmp_path / ("images.gz" if compress else "images")
    path.write_bytes(gzip.compress(content, mtime=0) if compress else content)
    with pytest.raises(InputError, match=message):
        read_idx(path, dimensions=3)


@pytest.mark.parametrize(
    "content", [gzip.compress(idx(IMAGES), mtime=0)[:-9], b"no gzip file", gzip.compress(idx(IMAGES), mtime=0)[:5]]
)
def test_damaged_gzip(tmp_path, content):
    path = tmp_path / "images.gz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"must be a whole gzip file, not a damaged or truncated one$"):
        read_idx(path, dimensions=3)


def test_claims_and_bombs(tmp_path):
    """A header of 2^96 entries, and 300 MB of zeros in some hundred KB."""
    path = tmp_path / "images"
    path.write_bytes(struct.pack(">4I", 0x0803, *[2**32 - 1] * 3) + bytes(10))
    with pytest.raises(InputError, match=r"size must be 79228162458924105385300197391 bytes for .* entries, not 26$"):
        read_idx(path, dimensions=3)
    packed = tmp_path / "images.gz"
    packed.write_bytes(gzip.compress(bytes(300_000_000), compresslevel=1, mtime=0))
    with pytest.raises(InputError, match=r"size must be at most 268435456 bytes, unpacked, not more$"):
        read_idx(packed, dimensions=3)


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match=r"must be readable, not 'No such file or directory'$"):
        read_idx(tmp_path / "images", dimensions=3)
