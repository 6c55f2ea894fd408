"""Ageing, reading and reprogramming of cells."""

import math

import pytest
import torch

from golden.devices import devices
from hdl.config import InputError

from .conftest import generator

PCM = devices()["pcm"]


def cells(shape=(2, 3), target=10.0):
    return PCM.program(torch.full(shape, target), generator())


@pytest.mark.parametrize("seconds", [3599.0, 0, -1.0, math.nan, math.inf])
def test_time_does_not_go_backwards(seconds):
    made = cells()
    made.age(3600)
    before = made.conductance()
    with pytest.raises(InputError) as error:
        made.age(seconds)
    assert str(error.value) == f"seconds must be a finite number of at least 3600, not {seconds!r}"
    assert torch.equal(made.conductance(), before)
    made.age(3600)


def test_no_time_before_the_first_read():
    with pytest.raises(InputError, match=r"^seconds must be a finite number of at least 20, not 19$"):
        cells().age(19)


def test_time_is_only_a_state_of_its_own():
    """In one step or in many, cells are the same."""
    slow, fast = cells(), cells()
    for seconds in (20, 21, 3600, 86400):
        slow.age(seconds)
    fast.age(86400)
    assert torch.equal(slow.conductance(), fast.conductance())
    assert slow.seconds == 86400


def test_reads_are_the_mean_and_noise():
    made = cells((1, 20_000))
    made.age(3600)
    reads = made.read(generator(1), reads=20)
    assert reads.shape == (20, 1, 20_000)
    scores = (reads - made.conductance()) / made.read_deviation()
    assert abs(float(scores.mean())) < 5 / math.sqrt(scores.numel())
    assert abs(float(scores.std()) - 1) < 5 / math.sqrt(2 * scores.numel())


def test_reprogramming_leaves_the_others_alone():
    made = cells()
    made.age(3600)
    before = made.conductance()
    mask = torch.tensor([[True, False, False], [False, False, True]])
    made.reprogram(mask, 5.0, generator(9))
    after = made.conductance()
    assert torch.equal(after[~mask], before[~mask])
    assert (after[mask] < 8).all()
    assert torch.equal(made.targets, torch.where(mask, 5.0, 10.0))
    # Cells programmed later have drifted less: as new cells of the same draws and age.
    made.age(3600 + 7200 - 20)
    new = PCM.program(made.targets, generator(9))
    new.age(7200)
    torch.testing.assert_close(made.conductance()[mask], new.conductance()[mask])
    torch.testing.assert_close(made.read_deviation()[mask], new.read_deviation()[mask])


def test_draws_of_reprogramming_do_not_depend_on_the_mask():
    first, second = cells(), cells()
    one = torch.zeros(2, 3, dtype=torch.bool)
    one[1, 2] = True
    first.reprogram(one, 5.0, generator(3))
    second.reprogram(torch.ones_like(one), 5.0, generator(3))
    assert first.conductance()[1, 2] == second.conductance()[1, 2]


def test_bad_reprogramming():
    made = cells()
    with pytest.raises(
        InputError, match=r"^mask must be a bool tensor of shape \(2, 3\), not torch.bool of shape \(3,\)$"
    ):
        made.reprogram(torch.ones(3, dtype=torch.bool), 5.0, generator())
    before = made.conductance()
    with pytest.raises(InputError, match=r"^targets must be between 0 and 25 µS, not -2$"):
        made.reprogram(torch.ones(2, 3, dtype=torch.bool), -2.0, generator())
    assert torch.equal(made.conductance(), before)
    assert torch.equal(made.targets, torch.full((2, 3), 10.0))


def test_bad_reads_and_generators():
    with pytest.raises(InputError, match=r"^reads must be an integer of at least 1, not 0$"):
        cells().read(generator(), reads=0)
    with pytest.raises(InputError, match=r"^generator must be one, or one for each of 2 chips, not 3$"):
        cells().read([generator(seed) for seed in range(3)])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
@pytest.mark.parametrize("name", sorted(devices()))
def test_a_gpu_has_the_same_cells(name):
    """With generators on the processor, up to what its functions round otherwise."""
    model = devices()[name]
    targets = torch.linspace(*model.limits, 1000).expand(3, 1000)

    def course(device):
        made = model.program(targets.to(device), generator())
        made.age(3600)
        made.reprogram((targets > targets.mean()).to(device), targets.to(device), generator(1))
        made.age(86400)
        return made.read(generator(2), reads=2).cpu()

    torch.testing.assert_close(course("cuda"), course("cpu"), rtol=1e-4, atol=1e-5)
