"""Properties common to all device models."""

import dataclasses
import importlib
import math

import pytest
import torch
from scipy import stats

from golden.devices import QUANTITIES, Flicker, compare, devices, largest_score, switching_probability
from hdl.config import InputError

from .conftest import MODELS, generator, spread

TIMES = (20.0, 3600.0, 86400.0, 2592000.0)
LEVEL = 1e-3


def test_registry():
    assert list(devices()) == ["ideal", "mtj", "pcm", "rram", "sram"]
    for name, model in devices().items():
        assert model is importlib.import_module(f"golden.devices.{name}").DEVICE
        assert model.name == name


def test_rare_errors_within_sampling_error():
    """Of bits and junctions that err often enough."""
    often = {
        "sram": dataclasses.replace(devices()["sram"], write_error=0.01, read_error=0.02, upset_rate=1e-8),
        "mtj": dataclasses.replace(devices()["mtj"], write_current=0.95, barrier=45.0),
    }
    for model in often.values():
        found = list(compare(model, targets=model.limits, times=TIMES, chips=4, cells=25_000, seed=1))
        assert all(each.judged for each in found)
        limit = largest_score(len(found) * len(often), LEVEL)
        assert max(abs(each.score) for each in found) < limit, max(found, key=lambda each: abs(each.score))


def test_moments_within_sampling_error(model):
    targets = spread(model, 4 if model.analog else 2).tolist()
    found = list(compare(model, targets=targets, times=TIMES, chips=4, cells=25_000, seed=1))
    assert len(found) == len(targets) * len(TIMES) * len(QUANTITIES)
    limit = largest_score(len(found) * len(MODELS), LEVEL)
    assert all(each.judged for each in found) == (model.name != "sram")
    judged = [each for each in found if each.judged]
    assert max((abs(each.score) for each in judged), default=0.0) < limit, max(found, key=lambda each: abs(each.score))


@pytest.mark.parametrize(
    ("factor", "quantity"), [((1.03, 1, 1), "mean"), ((1, 1.05, 1), "deviation"), ((1, 1, 1.05), "read deviation")]
)
def test_the_comparison_can_fail(factor, quantity, monkeypatch):
    """A moment that is a few percent off is told, and only that one."""
    model = devices()["pcm"]
    moments = type(model).moments

    def wrong(self, targets, seconds):
        right = moments(self, targets, seconds)
        changed = zip(("mean", "deviation", "read_deviation"), factor, strict=True)
        return dataclasses.replace(right, **{name: getattr(right, name) * each for name, each in changed})

    monkeypatch.setattr(type(model), "moments", wrong)
    found = list(compare(model, targets=[5.0], times=TIMES, chips=1, cells=50_000, seed=1))
    limit = largest_score(len(found), LEVEL)
    assert {each.quantity for each in found if abs(each.score) > limit} == {quantity}


def test_the_limit_is_that_of_all_comparisons():
    assert largest_score(1, 0.05) == pytest.approx(1.96, abs=1e-3)
    assert 2 * stats.norm.sf(largest_score(192, 0.01)) * 192 == pytest.approx(0.01)


def test_chips_are_the_same_alone_and_together(model):
    """Up to the last bit, in which a processor's vectors and what is left over differ."""
    targets = spread(model, 30).expand(3, 30)

    def course(chips):
        generators = [generator(chip) for chip in chips]
        cells = model.program(targets[chips], generators)
        first = cells.read(generators, reads=3)
        cells.age(TIMES[1])
        cells.reprogram(targets[chips] > targets.mean(), targets[chips], generators)
        cells.age(TIMES[2])
        flicker = Flicker.of_device(interval=1e-6, read_time=model.read_time, seconds=20)
        return torch.stack([first, cells.read(generators, reads=3, correlation=flicker)])

    together = course([0, 1, 2])
    assert together.shape == (2, 3, 3, 30)
    for chip in range(3):
        torch.testing.assert_close(course([chip])[:, :, 0], together[:, :, chip], rtol=1e-6, atol=1e-6)
    # A bit is seldom wrong.
    if model.name not in ("ideal", "sram"):
        assert not torch.equal(together[:, :, 0], together[:, :, 1])


def test_seeds_decide(model):
    targets = spread(model, 100).expand(2, 100)

    def read(programming, reading):
        cells = model.program(targets, generator(programming))
        return cells.conductance(), cells.read(generator(reading), reads=20)

    (frozen, fresh), (frozen_again, fresh_again) = read(1, 2), read(1, 2)
    assert torch.equal(frozen, frozen_again)
    assert torch.equal(fresh, fresh_again)
    frozen_again, fresh_again = read(1, 3)
    assert torch.equal(frozen, frozen_again)
    if model.name not in ("ideal", "sram"):
        assert not torch.equal(fresh, fresh_again)
        assert not torch.equal(frozen, read(4, 2)[0])


def test_single_precision_by_default_and_double_on_demand(model):
    for dtype in (torch.float32, torch.float64):
        cells = model.program(spread(model).to(dtype).expand(2, 4), generator())
        cells.age(TIMES[1])
        assert cells.conductance().dtype == cells.read_deviation().dtype == cells.read(generator()).dtype == dtype
        cells.reprogram(torch.ones(2, 4, dtype=torch.bool), spread(model), generator())
        assert cells.conductance().dtype == dtype


@pytest.mark.parametrize("offset", [-1.0, 1.0, math.nan])
def test_targets_out_of_range(model, offset):
    lowest, highest = model.limits
    wrong = lowest + offset if offset < 0 else highest + offset
    with pytest.raises(InputError, match=rf"^targets must be between {lowest:g} and {highest:g} µS, not {wrong:g}$"):
        model.program(torch.tensor([[lowest, wrong]]), generator())


def test_negative_conductance():
    with pytest.raises(InputError, match=r"^targets must be between 0 and 25 µS, not -0.5$"):
        devices()["pcm"].program([[1.0, -0.5]], generator())


def test_switching_probability():
    """Of a pulse at the critical current, half of it, and none: retention."""
    barrier = torch.tensor([40.0, 60.0], dtype=torch.float64)
    for current, pulse in ((1.0, 10e-9), (0.8, 1e-6), (0.0, 30 * 86400.0)):
        found = switching_probability(barrier, current, pulse, 1e-9)
        expected = [-math.expm1(-(pulse / 1e-9) * math.exp(-each * (1 - current))) for each in barrier.tolist()]
        assert found.tolist() == pytest.approx(expected, rel=1e-12)
    # Beyond the critical current the rate stays.
    assert torch.equal(*(switching_probability(barrier, current, 1e-9, 1e-9) for current in (1.0, 1.5)))


@pytest.mark.parametrize("target", [53.2, 135.7])
def test_junctions_forget(target):
    """A low barrier: retention as the formula says, monotone, whatever the steps of time."""
    model = dataclasses.replace(devices()["mtj"], barrier=38.0, barrier_spread=1.0, write_current=2.0, write_time=1e-6)
    cells, once = (model.program(torch.full((2, 50_000), target), generator()) for _ in range(2))
    parallel = target > 100
    shares = []
    for seconds in TIMES:
        cells.age(seconds)
        shares.append(float(((cells.conductance() > 94) != parallel).double().mean()))
        (expected,) = (float(each) for each in [model.moments(torch.tensor(target), seconds).mean])
        share = abs(expected - target) / (135.7 - 53.2)
        assert abs(shares[-1] - share) < 5 * math.sqrt(share * (1 - share) / 100_000) + 1e-9
    assert shares == sorted(shares)
    assert shares[-1] > 0.05
    once.age(TIMES[-1])
    assert torch.equal(once.conductance(), cells.conductance())


def test_reads_disturb_junctions():
    """Each read switches towards parallel with its probability; those of one call as those of many."""
    model = dataclasses.replace(
        devices()["mtj"], barrier=20.0, barrier_spread=0.0, critical_spread=0.0, read_current=0.6, read_noise=0.0
    )
    # The same cells, which retention would flip, are read at once.
    targets = torch.full((1, 50_000), 53.2)
    block, single = (model.program(targets, generator()) for _ in range(2))
    reads = block.read(generator(), reads=50)
    assert torch.equal(reads, torch.cat([single.read(generator()) for _ in range(50)]))
    disturbed = ((reads[-1] > 94) & (reads[0] < 94)).double().mean()
    probability = float(switching_probability(torch.tensor(20.0).double(), 0.6, model.t_read, 1e-9))
    expected = -math.expm1(49 * math.log1p(-probability))
    assert abs(float(disturbed) - expected) < 5 * math.sqrt(expected / 50_000)
    assert 0 < float(((block.conductance() > 94) & (reads[0] < 94)).double().mean()) >= float(disturbed)
    # Writing again makes the cell as new.
    block.reprogram(torch.ones_like(targets, dtype=torch.bool), targets, generator())
    assert float((block.conductance() > 94).double().mean()) < 1e-3


def test_bits_go_wrong_at_their_rates():
    model = dataclasses.replace(devices()["sram"], write_error=0.02, read_error=0.03, upset_rate=1e-8)
    cells = model.program(torch.tensor([[0.0], [25.0]]).expand(2, 200_000), generator())
    stored = cells.conductance()
    assert set(stored.unique().tolist()) == {0.0, 25.0}
    wrong = (stored != cells.targets).double().mean(dim=1)
    read = (cells.read(generator(1))[0] != stored).double().mean(dim=1)
    cells.age(2592000.0)
    lost = (cells.conductance() != stored).double().mean(dim=1)
    for found, rate in ((wrong, 0.02), (read, 0.03), (lost, -math.expm1(-0.02592))):
        assert float((found - rate).abs().max()) < 5 * math.sqrt(rate * (1 - rate) / 200_000)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"write_error": 1.5}, "write_error must be between 0 and 1, not 1.5"),
        ({"read_error": 1e-9}, "read_error must be 0 or between 1e-07 and 1, not 1e-09"),
        ({"upset_rate": -1.0}, "upset_rate must be a finite number of at least 0, not -1.0"),
    ],
)
def test_rates_of_bits(changes, line):
    with pytest.raises(InputError) as error:
        dataclasses.replace(devices()["sram"], **changes)
    assert str(error.value) == line


def test_a_bit_read_without_errors():
    model = dataclasses.replace(devices()["sram"], read_error=0.0, write_error=0.0)
    cells = model.program(torch.full((1, 1000), 25.0), generator())
    assert torch.equal(cells.read(generator(), reads=5), torch.full((5, 1, 1000), 25.0))


def test_what_is_not_random_is_exact(monkeypatch):
    """Where the formula has no deviation, a single cell that differs is told, and rounding is not."""
    model = dataclasses.replace(devices()["sram"], read_error=0.0, write_error=0.0, upset_rate=0.0)
    assert all(each.judged and each.score == 0 for each in _compare(model))
    assert all(each.judged and each.score == 0 for each in _compare(dataclasses.replace(devices()["ideal"], g_max=0.1)))
    monkeypatch.setattr(type(model), "moments", lambda _, *arguments, right=model.moments: right(*arguments))
    found = list(_compare(dataclasses.replace(model, write_error=0.001)))
    assert {each.quantity for each in found if math.isinf(each.score)} == {"mean", "deviation"}


def _compare(model):
    return compare(model, targets=model.limits, times=TIMES[:1], chips=1, cells=10_000, seed=0)
