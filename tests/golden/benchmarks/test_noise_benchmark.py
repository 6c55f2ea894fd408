import dataclasses
import json

import numpy as np
import pytest
import torch

from golden.benchmarks import measure_noise
from golden.data import random_program
from golden.devices import Pair, devices
from hdl.config import InputError

from ..chips.test_output_space import config


def measured(**changes):
    program = random_program(config(hidden=(64, 64)), np.random.default_rng(0))
    pixels = torch.randint(2, (60, 96), generator=torch.Generator().manual_seed(0))
    arguments = {"passes": 2, "few_images": 5, "repeats": 2} | changes
    return measure_noise(program, Pair(model=devices()["pcm"], noise_target=2.5), pixels, **arguments)


def test_report():
    report = measured()
    assert (report.images, report.few_images, report.passes, report.repeats) == (60, 5, 2, 2)
    assert report.weights == 96 * 64 + 64 * 64 + 64 * 4
    for ratio, slow in ((report.over_cells, report.cells), (report.over_bernoulli, report.bernoulli)):
        assert ratio.highest <= report.output_space.highest / slow.lowest
        assert ratio.lowest >= report.output_space.lowest / slow.highest
    # Even where there is little to save.
    assert report.over_cells.median > 1
    assert json.loads(json.dumps(dataclasses.asdict(report)))["device"] == "pcm"


def test_bad_arguments():
    with pytest.raises(InputError, match=r"^few_images must be an integer between 1 and 60, not 61$"):
        measured(few_images=61)
    with pytest.raises(InputError, match=r"^passes must be an integer between 1 and 4096, not 0$"):
        measured(passes=0)
