import dataclasses
import math

import numpy as np
import pytest
import torch

from golden.arrays import FreshArrays, code_probabilities
from golden.chips import Deployment, compensate
from golden.data import random_program
from golden.devices import Flicker, Ideal, Pair, SpreadTargets, VerifiedProgramming, devices, once
from golden.model import Model
from hdl.config import InputError

from .test_output_space import config

PCM = devices()["pcm"]
MONTH = 30 * 86400.0


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def program():
    return random_program(config(bits=2), np.random.default_rng(0))


def deploy(program, **changes):
    arguments = {"chips": range(3), "seed": 1} | changes
    return Deployment(program, Pair(model=PCM, noise_target=2.5), **arguments)


def test_ideal_cells_have_the_probabilities_of_the_codes(program):
    pair = Pair(model=Ideal(noise=0.3), noise_target=12.0)
    deployment = Deployment(program, pair, chips=[0])
    for found, wanted in zip(deployment.probabilities(), code_probabilities(program), strict=True):
        torch.testing.assert_close(found.double(), wanted, rtol=0, atol=1e-5)


def test_a_chip_is_the_same_alone_and_among_others(program):
    together = deploy(program)
    alone = deploy(program, chips=[2])
    for deployment in (together, alone):
        deployment.age(3600)
        deployment.compensate("column")
    for one, other in zip(together.probabilities(), alone.probabilities(), strict=True):
        assert torch.equal(one[[2]], other)
        assert not torch.equal(one[0], one[1])


def test_reads_of_the_cells_have_the_probabilities(program):
    """Compare the input of :class:`OutputSpaceModel` with the rate at which cells read +1, references included."""
    deployment = deploy(program, chips=[0])
    deployment.age(MONTH)
    deployment.compensate("column")
    reads = 4000
    for layer, p in enumerate(deployment.probabilities()):
        found = deployment.read(layer, 0, generator(layer), reads).double().mean(dim=0)
        error = (p[0] * (1 - p[0]) / reads).sqrt().clamp(min=1e-4)
        # The largest of some thousands.
        assert ((found - p[0]).abs() < 6 * error + 1 / reads).all()


def test_logits_are_those_of_reading_every_cell(program):
    """Output space against the naive way, on a chip: the means of all logits, in standard errors."""
    deployment = deploy(program, chips=[0])
    pixels = torch.randint(4, (2, 96), generator=generator())
    passes = 1500
    fast = deployment.model().pre_activations(pixels, passes=passes)[0].double()
    noise = generator(7)
    arrays = FreshArrays(lambda layer, sweeps: deployment.read(layer.index, 0, noise, sweeps))
    logits = Model(unscaled(program), arrays).logits(pixels, passes=passes)
    slow = logits.double()
    deviation = slow.std(dim=1)
    assert (deviation > 0).all()
    assert ((fast.mean(dim=1) - slow.mean(dim=1)).abs() < 4.5 * deviation * math.sqrt(2 / passes)).all()
    assert ((fast.std(dim=1) / deviation).log().abs() < 4.5 / math.sqrt(passes)).all()


def test_quick_reads_of_flicker_are_alike(program):
    """The mean of some of them varies more than that of independent ones, and each has the same probability."""
    deployment = deploy(program, chips=[0])
    p, reads = deployment.probabilities()[0][0], 64
    undecided = (p > 0.3) & (p < 0.7)
    assert undecided.sum() > 200
    flicker = Flicker.of_device(interval=1e-6, read_time=PCM.read_time, seconds=20.0)
    alike, apart = (
        deployment.read(0, 0, generator(1), reads, correlation=noise).double().mean(dim=0)[undecided]
        for noise in (flicker, None)
    )
    expected = (p * (1 - p) / reads)[undecided]
    assert ((apart - p[undecided]).square() / expected).mean() < 1.5
    assert ((alike - p[undecided]).square() / expected).mean() > 5


def unscaled(program):
    """The same network, whose logits are z."""
    ones = np.ones(4, dtype=np.int64)
    return dataclasses.replace(program, gains=ones, offsets=0 * ones, shifts=0 * ones)


def test_compensation_brings_columns_back():
    """The count of each column for the known vector is, in the mean, what it was to be."""
    pair = Pair(model=PCM, noise_target=2.5)
    p = torch.rand((1, 8, 400), generator=generator(), dtype=torch.float64)
    cells = pair.program(p, [generator(1)])
    cells.age(MONTH)
    wanted = p.sum(dim=2)
    off = (cells.probability().sum(dim=2) - wanted).abs()
    for kind, shape in (("column", (1, 8, 1)), ("global", (1, 1, 1)), ("none", (1, 1, 1))):
        reference = compensate(cells, p, kind, reads=256, generator=generator(2))
        assert reference.shape == shape
        found = cells.probability(reference).sum(dim=2)
        if kind == "column":
            # The decisions are about sums of 256 reads, whose standard error is below 0.7 of a count.
            assert ((found - wanted).abs() < 2).all()
            assert (found - wanted).abs().max() < off.max()
        elif kind == "global":
            assert abs(float((found - wanted).sum())) < 6
        else:
            assert float(reference) == 0


def test_verified_cells_are_within_the_tolerance():
    targets = torch.full((1, 2000), 5.0)
    verify = VerifiedProgramming(tolerance=0.4, max_pulses=30, reads=64)
    made, plain = verify.program(PCM, targets, generator()), once(PCM, targets, generator())
    assert (plain.pulses, plain.failed) == (2000, 0)
    assert made.failed == 0
    assert made.pulses > 2000
    # The mean of 64 reads is off by some 0.06 µS.
    assert float((made.cells.conductance() - targets).abs().max()) < 0.4 + 5 * 0.08
    assert float(plain.cells.conductance().std()) > 2 * float(made.cells.conductance().std())


def test_what_never_converges_is_counted_and_the_others_go_on():
    verify = VerifiedProgramming(tolerance=1e-6, max_pulses=3, reads=1)
    made = verify.program(PCM, torch.full((1, 50), 5.0), generator())
    assert (made.failed, made.pulses) == (50, 150)


@pytest.mark.parametrize("verify", [None, VerifiedProgramming(tolerance=0.3)])
@pytest.mark.parametrize("seconds", [20.0, MONTH])
def test_the_mean_over_cells_is_the_wanted_probability(verify, seconds):
    """With targets for exact cells it is nearer to ½."""
    pair = Pair(model=PCM, noise_target=2.5)
    wanted = torch.tensor([0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98], dtype=torch.float64)
    targets = SpreadTargets(pair, verify=verify, seconds=seconds, seed=3)(wanted)
    assert (targets.diff() > 0).all()
    cells = 4000

    def mean(some):
        program = once if verify is None else verify.program
        spread = some.float().expand(1, cells, -1)
        weight = program(PCM, spread, [generator(4)]).cells
        noise = program(PCM, torch.full_like(spread, 2.5), [generator(5)]).cells
        made = type(pair.program_targets(spread[:, :1], generator()))(weight, noise)
        made.age(seconds)
        return made.probability().double().mean(dim=(0, 1))

    # Test chip and cells: deviations of P are at most 0.5 / √512 and 0.5 / √4000, and less at the ends.
    assert ((mean(targets) - wanted).abs() < 0.05).all()
    exact = mean(pair.targets(wanted))
    assert exact[1] > 0.12
    assert exact[5] < 0.88


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda p: deploy(p, chips=[]), "chips must be at least 1, not 0"),
        (lambda p: deploy(p, seed=-1), "seed must be an integer of at least 0, not -1"),
        (lambda p: deploy(p, horizon=1.0), "seconds must be a finite number of at least 20, not 1.0"),
        (lambda p: deploy(p).compensate("rows"), "compensation must be one of none, global, column, not 'rows'"),
        (lambda p: deploy(p).age(1.0), "seconds must be a finite number of at least 20, not 1.0"),
        (lambda _: VerifiedProgramming(tolerance=0.0), "tolerance must be more than 0 µS, not 0.0"),
        (
            lambda _: VerifiedProgramming(tolerance=1.0, max_pulses=0),
            "max_pulses must be an integer of at least 1, not 0",
        ),
        (
            lambda p: Deployment(p, Pair(model=devices()["sram"], noise_target=1.0), chips=[0]),
            "device must have targets between its levels, not 'sram'",
        ),
    ],
)
def test_bad_input(program, act, message):
    with pytest.raises(InputError) as caught:
        act(program)
    assert str(caught.value) == message
