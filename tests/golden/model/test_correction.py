import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from golden.data import random_config
from golden.model import correct
from hdl.config import CoreConfig, InputError, LogitConfig

from .. import reference


@st.composite
def cases(draw):
    """Return z, gain, offset, shift and the formats they are for."""
    width = draw(st.integers(4, 24))
    logits = LogitConfig(
        width=width,
        fraction=0,
        gain_width=draw(st.integers(2, 24)),
        offset_width=draw(st.integers(2, 32)),
        max_shift=draw(st.integers(1, 31)),
    )

    def signed(bits):
        ends = st.sampled_from([-(2 ** (bits - 1)), -1, 0, 1, 2 ** (bits - 1) - 1])
        return draw(ends | st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1))

    shift = draw(st.sampled_from([0, 1, logits.max_shift]) | st.integers(0, logits.max_shift))
    return signed(20), signed(logits.gain_width), signed(logits.offset_width), shift, logits


@given(st.lists(cases(), min_size=1, max_size=1))
def test_agrees_with_fractions(case):
    ((z, gain, offset, shift, logits),) = case
    result = correct([z], [gain], [offset], [shift], logits)
    assert result.dtype == torch.int64
    assert result.tolist() == [reference.logit(z, gain, offset, shift, logits)]


@pytest.mark.parametrize(
    ("offset", "shift", "expected"),
    [(1, 1, 1), (-1, 1, 0), (3, 1, 2), (-3, 1, -1), (5, 3, 1), (-5, 3, -1), (4, 3, 1), (-4, 3, 0), (-7, 0, -7)],
)
def test_rounds_half_up(offset, shift, expected):
    assert correct([0], [0], [offset], [shift], LogitConfig()).tolist() == [expected]


def test_saturates():
    logits = LogitConfig(width=4, fraction=0)
    z = torch.tensor([[6], [7], [8], [500], [-7], [-8], [-9], [-500]])
    assert correct(z, [1], [0], [0], logits).flatten().tolist() == [6, 7, 7, 7, -7, -8, -8, -8]


def test_classes_keep_their_constants_on_any_number_of_axes():
    z = np.arange(24).reshape(2, 3, 4)
    result = correct(z, [1, -1, 2, 0], [0, 5, 0, 9], [0, 0, 1, 0], LogitConfig())
    assert result.tolist() == np.stack([z[..., 0], 5 - z[..., 1], z[..., 2], 0 * z[..., 3] + 9], axis=-1).tolist()


@given(st.integers(0, 2**32 - 1))
def test_extremes_fit_corrected_width(seed):
    check_corners(random_config(np.random.default_rng(seed)))


@pytest.mark.parametrize("name", CoreConfig.names())
def test_extremes_fit_corrected_width_of_named_configurations(name):
    check_corners(CoreConfig.load(name))


def check_corners(config):
    logits, count_max = config.logits, config.layers[-1].count_max
    ends = [
        (-(2 ** (logits.gain_width - 1)), 2 ** (logits.gain_width - 1) - 1),
        (-count_max, count_max),
        (-(2 ** (logits.offset_width - 1)), 2 ** (logits.offset_width - 1) - 1),
        (0, logits.max_shift),
    ]
    for gain, z, offset, shift in itertools.product(*ends):
        value = gain * z + offset + (2 ** (shift - 1) if shift else 0)
        assert -(2 ** (config.corrected_width - 1)) <= value < 2 ** (config.corrected_width - 1)
        assert -(2 ** (config.layers[-1].z_width - 1)) <= z < 2 ** (config.layers[-1].z_width - 1)
        assert correct([z], [gain], [offset], [shift], logits).tolist() == [
            reference.logit(z, gain, offset, shift, logits)
        ]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"z": 1}, r"z must have an axis of classes, not none"),
        ({"z": [1.5, 2.0]}, r"z must hold integers, not torch.float32"),
        ({"z": [2**52, 0]}, r"z must be between -\d+ and \d+, not \d+"),
        ({"gains": [1]}, r"gains must have shape \(2\), not \(1,\)"),
        ({"gains": [1, 2048]}, r"gains must be between -2048 and 2047, not 2048"),
        ({"offsets": [-(2**23) - 1, 0]}, r"offsets must be between -8388608 and 8388607, not -8388609"),
        ({"shifts": [0, 16]}, r"shifts must be between 0 and 15, not 16"),
        ({"shifts": [0, -1]}, r"shifts must be between 0 and 15, not -1"),
    ],
)
def test_bad_input(change, line):
    arguments = {"z": [1, 2], "gains": [1, 1], "offsets": [0, 0], "shifts": [0, 0]} | change
    with pytest.raises(InputError, match=f"^{line}$"):
        correct(**arguments, logits=LogitConfig())
