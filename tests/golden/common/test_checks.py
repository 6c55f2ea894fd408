import numpy as np
import pytest
import torch

from golden.common import check_integer, check_integers
from hdl.config import InputError


@pytest.mark.parametrize("value", [0, 3, 7])
def test_integer(value):
    assert check_integer("size", value, 0, 7) == value
    assert check_integer("size", value, value) == value


@pytest.mark.parametrize("value", [-1, 1, 0.0, True, "0", None])
def test_bad_integer(value):
    with pytest.raises(InputError) as error:
        check_integer("size", value, 0, 0)
    assert str(error.value) == f"size must be an integer between 0 and 0, not {value!r}"


@pytest.mark.parametrize(
    "value", [[[0, 1]], ((0, 1),), np.array([[False, True]]), torch.tensor([[0, 1]], dtype=torch.uint8)]
)
def test_integers(value):
    result = check_integers("bits", value, (None, 2), 0, 1)
    assert not result.is_floating_point()
    assert result.tolist() == [[0, 1]]


def test_nothing_is_integer():
    assert check_integers("bits", [], (0,), 0, 1).dtype == torch.int64


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ([0, 1], r"bits must have shape \(any, 2\), not \(2,\)"),
        ([[0, 1, 1]], r"bits must have shape \(any, 2\), not \(1, 3\)"),
        ([[0, 2]], r"bits must be between 0 and 1, not 2"),
        ([[-1, 2]], r"bits must be between 0 and 1, not -1"),
        ([[0.0, 1.0]], r"bits must hold integers, not torch.float32"),
        ([[0, float("nan")]], r"bits must hold integers, not torch.float32"),
        ([["0", "1"]], r"bits must be an array of integers, not list"),
        (None, r"bits must be an array of integers, not NoneType"),
    ],
)
def test_bad_integers(value, line):
    with pytest.raises(InputError, match=f"^{line}$"):
        check_integers("bits", value, (None, 2), 0, 1)
