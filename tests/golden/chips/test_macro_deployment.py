import re

import numpy as np
import pytest
import torch

from golden.arrays import MacroCells
from golden.chips import MacroDeployment
from golden.data import random_program
from golden.devices import Pair, devices
from golden.model import core_model
from hdl.config import CoreConfig, InputError

_CONFIG = {
    "name": "chip",
    "network": {"inputs": 11, "input_bits": 2, "hidden": [5], "classes": 3},
    "array": {"rows": 8, "cols": 4, "rows_per_read": 4},
    "bayes": {"method": "sampled-weights", "weight_bits": 4, "passes": 3, "max_passes": 2048},
    "random": {"lfsr_width": 19, "draw_bits": 5, "seed": 0x5A5A5},
    "macro": {"tolerance": 14, "max_pulses": 1, "calibration_reads": 8, "reference": "column"},
}


def configuration(**macro):
    return CoreConfig.model_validate(_CONFIG | {"macro": _CONFIG["macro"] | macro})


def cells(chip):
    return MacroCells(pair=Pair(model=devices()["pcm"], noise_target=2.5), seed=chip, horizon=86400.0)


def test_a_chip_is_that_of_the_exact_model():
    """Its probabilities are those that the exact chip is read with, aged and calibrated; and so are its means."""
    config, reads = configuration(), 1000
    program = random_program(config, np.random.default_rng(3))
    deployment = MacroDeployment(program, [cells(chip) for chip in (4, 7)])
    exact = core_model(program, cells=cells(7))
    for each in (deployment, exact.arrays.chip):
        each.age(86400.0)
    before = deployment.probabilities()
    deployment.compensate("column")
    exact.arrays.calibrate_all()
    after = deployment.probabilities()
    assert [tuple(p.shape) for p in after] == [(2, 5, 11), (2, 3, 5)]
    assert any((p != q).any() for p, q in zip(before, after, strict=True))
    pixels = torch.randint(0, 4, (1, 11), generator=torch.Generator().manual_seed(1))
    layer = config.layers[0]
    tile, array = layer.col_tiles, exact.arrays.chip.arrays[0][layer.col_tiles]
    groups = torch.zeros(reads, dtype=torch.int64)
    words = array.words(torch.arange(reads), groups, exact.arrays.references[0][tile]).double().mean(dim=0)
    wanted = after[0][1, : layer.cols, layer.rows :].T.double()
    error = (wanted * (1 - wanted) / reads).sqrt().clamp(min=1 / reads)
    assert ((words[: len(wanted)] - wanted).abs() <= 6 * error).all()
    found = deployment.model().pre_activations(pixels, passes=reads)[1].double()
    own = exact.pre_activations(pixels, passes=reads).double()
    error = (own.var(dim=1) * 2 / reads).sqrt().clamp(min=0.01)
    # Counts of eleven weights are Gaussian to a hundredth.
    assert ((found.mean(dim=1) - own.mean(dim=1)).abs() <= 5 * error + 0.1).all()
    deployment.compensate("none")
    assert all((p == q).all() for p, q in zip(before, deployment.probabilities(), strict=True))
    assert deployment.pulses == 2 * deployment.cells
    assert deployment.failed == [0, 0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda program: MacroDeployment(program, []), "chips must be at least 1, not 0"),
        (
            lambda program: MacroDeployment(program, [cells(0)]).compensate("global"),
            "compensation must be one of none, column, not 'global'",
        ),
        (
            lambda _: MacroDeployment(random_program(configuration(sense="adc"), np.random.default_rng(0)), [cells(0)]),
            "macro.sense must be 'comparator' for chips in the space of outputs, not 'adc'",
        ),
        (
            lambda _: cells(0).targets(configuration(sense="adc")),
            "horizon must be omitted with converters, not 86400.0",
        ),
        (
            lambda _: MacroDeployment(random_program(CoreConfig.load("tiny"), np.random.default_rng(0)), [cells(0)]),
            "macro must be in the configuration of a core with macros, not omitted",
        ),
    ],
)
def test_refusals(make, message):
    program = random_program(configuration(), np.random.default_rng(0))
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        make(program)
