import numpy as np
import pytest

from golden.data import random_config, random_program

from ..configurations import each_convolutional, each_stall
from ..core_bench import check, random_pixels

#: One image is computed while the other is collected.
_IMAGES = 2


@each_convolutional
@each_stall
def test_agrees_with_golden(config, send_idle, take_idle):
    rng = np.random.default_rng([send_idle, take_idle, *config.name.encode()])
    program = random_program(config, rng)
    check(config, program, random_pixels(config, rng, _IMAGES), send_idle=send_idle, take_idle=take_idle)


@pytest.mark.parametrize("seed", range(6))
def test_random_configurations_agree_with_golden(seed):
    rng = np.random.default_rng(seed)
    config = random_config(rng, convolutions=True)
    program = random_program(config, rng)
    check(config, program, random_pixels(config, rng, _IMAGES), send_idle=seed % 3, take_idle=seed // 3 % 3)
