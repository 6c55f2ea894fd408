"""Files that claim what they do not hold, unpack to more than there is room for, or hold what nobody knows."""

import io
import random
import re
import time
import zipfile

import numpy as np
import pytest

from hdl.config import InputError
from hdl.contract import Program

from ..configurations import PADDED
from .test_program import PROGRAM, members_of, refusal, write


def with_member(name, content, level=9):
    """Return a Program file with other bytes in one of its members."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(PROGRAM.to_bytes())) as whole,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as made,
    ):
        for each in whole.namelist():
            made.writestr(each, content if each == f"{name}.npy" else whole.read(each))
    return file.getvalue()


def header(shape, dtype="'<i8'"):
    text = f"{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


DAMAGED = "must be a whole Program (.npz), not a damaged or truncated one"


@pytest.mark.parametrize("shape", [(2**44,), (2**22, 2**22), (-1,), (2**63, 2**63), (10**30,), "x", "(" * 200])
@pytest.mark.parametrize("name", ["gains", "weights_0", "schema", "config"])
def test_header_that_claims_anything(tmp_path, name, shape):
    path = tmp_path / "program.npz"
    path.write_bytes(with_member(name, header(shape) + bytes(80)))
    begin = time.process_time()
    assert refusal(path) == DAMAGED
    assert time.process_time() - begin < 5


@pytest.mark.parametrize("dtype", ["'|O'", "'nothing'", "[('a', '<i8')]", "'<U99999999'", "None", "'>i3'"])
def test_types_that_are_no_numbers(tmp_path, dtype):
    path = tmp_path / "program.npz"
    path.write_bytes(with_member("gains", header((5,), dtype) + bytes(40)))
    assert refusal(path) in (DAMAGED, "gains must hold integers, not [('a', '<i8')]")


@pytest.mark.parametrize("name", ["gains", "config"])
def test_bomb(tmp_path, name):
    """128 MiB of zeros in less than one."""
    path = tmp_path / "program.npz"
    path.write_bytes(with_member(name, header((2**24,)) + bytes(2**27), level=1))
    assert path.stat().st_size < 2**20
    begin = time.process_time()
    assert refusal(path) == DAMAGED
    assert time.process_time() - begin < 5


def test_arrays_that_nobody_knows(tmp_path):
    members = members_of(PROGRAM)
    for name in ("more", "weights_9", "thresholds_2", "flips"):
        path = write(tmp_path / "program.npz", members | {name: np.zeros(3, dtype=np.int64)})
        assert refusal(path) == refusal(path, PADDED) == f"{name} is not known"


def test_integers_that_do_not_fit(tmp_path):
    """As signed integers they would be −1 and −2^63."""
    members = members_of(PROGRAM)
    for name in ("gains", "offsets", "shifts", "thresholds_1", "codes"):
        for value in (2**64 - 1, 2**63):
            array = np.full(members[name].shape, value, dtype=np.uint64)
            path = write(tmp_path / "program.npz", members | {name: array})
            assert re.fullmatch(rf"{name} must be between -?\d+ and \d+, not {value}", refusal(path))
    path = write(tmp_path / "program.npz", members | {"gains": members["gains"].astype(np.int16)})
    assert np.array_equal(Program.load(path).gains, PROGRAM.gains)


def test_two_members_of_one_name(tmp_path):
    content = io.BytesIO(PROGRAM.to_bytes())
    with zipfile.ZipFile(content, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("gains.npy", header((PADDED.network.classes,)) + bytes(8 * PADDED.network.classes))
    path = tmp_path / "program.npz"
    path.write_bytes(content.getvalue())
    assert refusal(path) == DAMAGED


def test_text_of_brackets(tmp_path):
    """JSON that is nested deeper than Python's own recursion."""
    deep = np.frombuffer(b"[" * 100_000, dtype=np.uint8)
    for name in ("config", "provenance"):
        path = write(tmp_path / "program.npz", members_of(PROGRAM) | {name: deep})
        assert refusal(path).startswith(name)


def test_flipped_bits(tmp_path):
    """A flip is noticed, or it is in bytes that hold no integer: then the Program is the same."""
    path, whole = tmp_path / "program.npz", PROGRAM.to_bytes()
    rng = random.Random(0)
    refused = 0
    for _ in range(300):
        content = bytearray(whole)
        place = rng.randrange(8 * len(content))
        content[place // 8] ^= 1 << place % 8
        path.write_bytes(content)
        try:
            loaded = Program.load(path, PADDED)
        except InputError:
            refused += 1
        else:
            assert loaded.to_bytes() == whole
    assert refused > 100


def test_file_without_end():
    with pytest.raises(InputError, match=r"^/dev/zero must be a file, not a device$"):
        Program.load("/dev/zero")
