import dataclasses

import numpy as np
import pytest
import torch

from golden.arrays import code_probabilities
from golden.chips import ChipStudy, Deployment, LogitConstants, OutputSpaceModel, calibrate, histograms, moments
from golden.data import random_program
from golden.devices import Ideal, Pair, devices
from golden.measures import uncertainty
from golden.model import correct
from golden.training import to_correction
from hdl.config import InputError, LogitConfig

from .test_output_space import config

CLASSES = 4


@pytest.fixture(scope="module")
def program():
    """Logits of some units, none of which saturates."""
    made = random_program(config(bits=2), np.random.default_rng(0))
    gains = np.array([300, -200, 150, 250])
    offsets = np.array([5, -9, 30, 0])
    return dataclasses.replace(made, gains=gains, offsets=offsets, shifts=np.array([6, 6, 5, 7]))


def z(seed, chips=1):
    generator = torch.Generator().manual_seed(seed)
    scale = torch.rand((chips, 1, 1, CLASSES), generator=generator) * 20 + 5
    shift = torch.rand((chips, 1, 1, CLASSES), generator=generator) * 30 - 15
    drawn = torch.randn((chips, 40, 5, CLASSES), generator=generator, dtype=torch.float64) * scale + shift
    return (2 * drawn).round().long()


def test_corrected_logits_have_the_moments_of_software(program):
    software, chips = z(0), z(1, chips=3)
    constants = calibrate(program, moments(software), moments(chips))
    logits = program.config.logits
    wanted = correct(software, program.gains, program.offsets, program.shifts, logits).double()
    assert len(constants) == 3
    for each, chip in zip(constants, chips, strict=True):
        assert not each.unfit
        found = correct(chip, each.gains, each.offsets, each.shifts, logits).double()
        # A logit is rounded to a unit, and a gain of 19 bits to much less.
        assert ((found.mean(dim=(0, 1)) - wanted.mean(dim=(0, 1, 2))).abs() < 0.3).all()
        torch.testing.assert_close(found.std(dim=(0, 1)), wanted.std(dim=(0, 1, 2)), rtol=0.02, atol=0.1)
        applied = each.apply(program)
        assert (applied.gains == each.gains).all()


def test_a_chip_like_software_keeps_its_constants(program):
    software = moments(z(0))
    (each,) = calibrate(program, software, software)
    old = program.gains / 2.0**program.shifts
    np.testing.assert_allclose(each.gains / 2.0**each.shifts, old, rtol=1e-4)


def test_what_does_not_fit_is_flagged_and_the_others_go_on(program):
    software = moments(z(0))
    values = z(1, chips=2)
    # A class that hardly moves wants a gain that is too large, and one that never does has none.
    values[1, ..., 2] = 7
    values[1, ..., 3] = (torch.arange(200).view(40, 5) == 0).long() * 2
    narrow = program.config.logits.model_copy(update={"gain_width": 12})
    held = dataclasses.replace(program, config=program.config.model_copy(update={"logits": narrow}))
    fine, wrong = calibrate(held, software, moments(values))
    assert fine.unfit == ()
    assert 2 in wrong.unfit
    with pytest.raises(InputError, match=r"^logit correction must fit its registers, not be too large for class \d$"):
        wrong.apply(held)


def test_constants_are_rounded_with_the_largest_shift_that_fits():
    logits = LogitConfig(width=12, fraction=2, gain_width=8, offset_width=10, max_shift=6)
    gains, offsets, shifts, fit = to_correction(np.array([1.0, 0.01, 100.0]), np.array([3.0, -0.5, 0.0]), logits)
    assert shifts.tolist() == [4, 6, 0]
    assert gains.tolist() == [64, 3, 127]
    assert offsets.tolist() == [192, -128, 0]
    assert fit.tolist() == [True, True, False]


def test_moments_need_two_values():
    with pytest.raises(InputError, match=r"^z must be of two inputs or more, not of shape \(1, 1, 1, 4\)$"):
        moments(torch.zeros(1, 1, 1, 4))


@pytest.fixture(scope="module")
def study(program):
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randint(4, (60, 96), generator=generator)
    labels = torch.randint(4, (60,), generator=generator)
    return ChipStudy(program, pixels, labels, calibration=pixels[:20], passes=3, seed=5), pixels, labels


def test_measures_of_software_are_those_of_its_logits(program, study):
    made, pixels, labels = study
    found = made.software(2)
    for repeat in range(2):
        generator = torch.Generator().manual_seed(6 + repeat)
        model = OutputSpaceModel(program, code_probabilities(program), [generator])
        logits = model.logits(pixels, passes=3)[0].double() / 4
        expected = uncertainty(logits, labels)
        assert found.accuracy[repeat] == expected.accuracy
        assert found.nll[repeat] == expected.nll
        assert found.ece[repeat] == expected.ece


def test_measures_of_chips_are_those_of_their_logits(program, study):
    made, pixels, labels = study
    deployment = Deployment(program, Pair(model=devices()["pcm"], noise_target=2.5), chips=range(2))
    constants = made.constants(deployment, purpose=3)
    flagged = [constants[0], dataclasses.replace(constants[1], unfit=(0,))]
    plain, corrected, partly = made.chips(deployment, [None, constants, flagged], purpose=3)
    values = deployment.model(7).pre_activations(pixels, passes=3)
    own = LogitConstants(gains=program.gains, offsets=program.offsets, shifts=program.shifts, unfit=())
    for chip in range(2):
        for measured, held in ((plain, own), (corrected, constants[chip])):
            y = correct(values[chip], held.gains, held.offsets, held.shifts, program.config.logits).double() / 4
            assert measured.accuracy[chip] == uncertainty(y, labels).accuracy
            assert measured.nll[chip] == uncertainty(y, labels).nll
    assert partly.nll == (corrected.nll[0], None)


def test_ideal_cells_are_as_good_as_software(program, study):
    """Without spread a chip is ideal software with other noise; calibration finds next to nothing to do."""
    made, _, _ = study
    deployment = Deployment(program, Pair(model=Ideal(noise=0.3), noise_target=12.0), chips=range(2))
    for each in made.constants(deployment, purpose=0):
        ratio = each.gains / 2.0**each.shifts / (program.gains / 2.0**program.shifts)
        # The deviations are of 60 values each, of both.
        assert np.abs(np.log(ratio)).max() < 5 * np.sqrt(1 / 60)


def test_histograms():
    program = random_program(config(), np.random.default_rng(0))
    for codes in program.weights:
        codes[:] = 128
    program.weights[-1][:] = 255
    found = histograms(program)
    weights = [each.size for each in program.weights]
    assert [sum(each["counts"]) for each in found["layers"]] == weights
    assert [each["undecided"] for each in found["layers"]] == [1, 1, 0]
    assert found["layers"][0]["counts"][10] == weights[0]
    assert found["layers"][2]["counts"][-1] == weights[2]
    assert found["undecided"] == pytest.approx(sum(weights[:2]) / sum(weights))
    assert found["weights"] == sum(weights)


def test_calibration_needs_two_inputs(program):
    pixels = torch.zeros((3, 96), dtype=torch.long)
    with pytest.raises(InputError, match=r"^calibration must have at least 2 inputs, not 1$"):
        ChipStudy(program, pixels, torch.zeros(3).long(), calibration=pixels[:1], passes=1)
