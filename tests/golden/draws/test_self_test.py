"""Self-test: twin against a loop, limits against simulation."""

import itertools

import numpy as np
import pytest

from golden.draws import lfsr, watch
from golden.randomness import core_limits, limits, run_rate, window_rate
from hdl.config import CoreConfig, InputError, SelfTestConfig

#: The named configurations, one of each p.
NAMED = ("tiny", "digits", "fashion_cnn")

#: Draws after which an alarm for a change of p by a tenth must have come: the window that is under way and the next.
_BOUND = 2 * 2**11 - 1

_GOOD_DRAWS = 10**6


def looped(self_test, dropped, codes, draw_bits, index, select):
    """The self-test, draw by draw."""
    window, run = [], 0
    stuck = outside = False
    drops, deviations, flags = [], [], []
    for draw, (bit, code, place) in enumerate(zip(dropped, codes, index, strict=True)):
        run = run + 1 if draw and bit == dropped[draw - 1] else 1
        limit = self_test.drop_run if bit else self_test.keep_run
        stuck |= bool(limit) and run >= limit
        if select in (0, place + 1):
            window.append((bit, code))
        if len(window) == self_test.window:
            drops.append(sum(bit for bit, _ in window))
            deviations.append(sum((bit << draw_bits) - code for bit, code in window))
            outside |= abs(deviations[-1]) > self_test.bound << draw_bits
            window = []
        flags.append((stuck, outside, run, len(drops)))
    return drops, deviations, flags


@pytest.mark.parametrize("select", [0, 1, 3])
@pytest.mark.parametrize("count", [0, 1, 200])
def test_agrees_with_a_loop(count, select):
    rng = np.random.default_rng([count, select])
    self_test = SelfTestConfig(window_bits=3, bound=2, drop_run=8, keep_run=6)
    dropped, codes = rng.integers(0, 2, count).tolist(), rng.integers(0, 16, count).tolist()
    index = [draw % 3 for draw in range(count)]
    drops, deviations, flags = looped(self_test, dropped, codes, 4, index, select)
    record = watch(self_test, dropped, codes, draw_bits=4, index=index, select=select)
    assert (record.drops.tolist(), record.deviations.tolist()) == (drops, deviations)
    assert list(zip(record.stuck, record.out_of_bounds, record.runs, record.complete, strict=True)) == flags
    assert record.draws == count
    if count == 200:
        assert {stuck for stuck, *_ in flags} == {False, True}
        assert {outside for _, outside, *_ in flags} == {False, True}


def named(name):
    config = CoreConfig.load(name)
    return config, limits(config.stochastic.drop_codes, config.random.draw_bits)


def drawn(config, self_test, count, seed, *, shift=0):
    """Watch draws of the register, of which a code that is ``shift`` larger decides."""
    codes = np.resize(config.stochastic.drop_codes, count)
    draws = lfsr.draws(config.random, seed, 0, count)
    return watch(self_test, draws < codes + shift, codes, draw_bits=config.random.draw_bits)


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("seed", [1, 2311, 15816])
def test_no_alarm_in_good_draws(name, seed):
    config, self_test = named(name)
    record = drawn(config, self_test, _GOOD_DRAWS, seed)
    assert len(record.drops) == _GOOD_DRAWS // self_test.window
    assert not record.stuck[-1]
    assert not record.out_of_bounds[-1]


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("before", [0, 1, 1000])
def test_a_shift_of_p_is_told_in_time(name, sign, before):
    """Alarms come within two windows of the change, at twenty places in the sequence."""
    config, self_test = named(name)
    random = config.random
    shift = sign * round(0.1 * 2**random.draw_bits)
    for seed in range(1, 21):
        codes = np.resize(config.stochastic.drop_codes, before + _BOUND)
        draws = lfsr.draws(random, seed, 0, len(codes))
        dropped = draws < codes + np.where(np.arange(len(codes)) < before, 0, shift)
        record = watch(self_test, dropped, codes, draw_bits=random.draw_bits)
        assert not record.stuck[:before].any()
        assert record.out_of_bounds[-1] or record.stuck[-1]


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("dropped", [0, 1])
def test_a_stuck_unit_is_told_after_its_run(name, dropped):
    config, self_test = named(name)
    limit = (self_test.keep_run, self_test.drop_run)[dropped]
    assert 0 < limit <= 300
    good = 5000
    codes = np.resize(config.stochastic.drop_codes, good + limit)
    draws = lfsr.draws(config.random, 1, 0, len(codes)) < codes
    draws[good:] = dropped
    record = watch(self_test, draws, codes, draw_bits=config.random.draw_bits)
    assert not record.stuck[good - 1]
    assert record.stuck[-1]


@pytest.mark.parametrize("p", [[0.1], [0.3], [0.5], [0.1, 0.5, 0.25]])
def test_rate_of_false_alarms_is_that_of_simulation(p):
    """At bounds where there are alarms to count, in windows that begin with any mask bit."""
    window, windows, draw_bits = 64, 40_000, 20
    codes = [round(each * 2**draw_bits) for each in p]
    rng = np.random.default_rng(7)
    each = np.resize(codes, window * windows)
    dropped = rng.integers(0, 2**draw_bits, len(each)) < each
    for bound in (5, 7, 9):
        self_test = SelfTestConfig(window_bits=6, bound=bound, drop_run=0, keep_run=0)
        record = watch(self_test, dropped, each, draw_bits=draw_bits)
        alarms = int((np.abs(record.deviations) > bound << draw_bits).sum())
        # Of the phases the worst is stated; those of these p differ little.
        expected = windows * window_rate(p, window, bound)
        assert abs(alarms - expected) < 4 * np.sqrt(expected) + (0.1 * expected if len(p) > 1 else 0)


@pytest.mark.parametrize("p", [[0.3], [0.1, 0.5, 0.25]])
@pytest.mark.parametrize("length", [1, 3, 5])
def test_rate_of_runs_is_that_of_simulation(p, length):
    count, window = 2**20, 64
    rng = np.random.default_rng(length)
    dropped = rng.random(count) < np.resize(p, count)
    record = watch(
        SelfTestConfig(window_bits=6, bound=0, drop_run=0, keep_run=0), dropped, np.zeros(count, int), draw_bits=8
    )
    reached = int(((record.runs == length) & dropped).sum())
    expected = run_rate(p, window, length) * count / window
    assert abs(reached - expected) < 4 * np.sqrt(expected)


@pytest.mark.parametrize("p", [[0.25], [0.125, 0.5], [0.75, 0.25, 0.5]])
def test_window_rate_is_that_of_all_outcomes(p):
    """Of a window so short that all its outcomes can be added up."""
    window = 9
    for bound in range(6):
        rates = []
        for first in range(len(p)):
            each = np.resize(np.roll(p, -first), window)
            total = 0.0
            for outcome in itertools.product([0, 1], repeat=window):
                if abs(sum(outcome) - each.sum()) > bound:
                    total += float(np.prod(np.where(outcome, each, 1 - each)))
            rates.append(total)
        assert window_rate(p, window, bound) == pytest.approx(max(rates), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("codes", [[77], [26, 26], [3, 0, 200, 255], [128]])
@pytest.mark.parametrize("false_alarm", [1e-3, 1e-9])
def test_limits_are_the_tightest(codes, false_alarm):
    found = limits(codes, 8, window_bits=6, false_alarm=false_alarm)
    p = np.array(codes) / 256
    sets = [p, *p[:, None]]
    assert all(window_rate(each, 64, found.bound) <= false_alarm for each in sets)
    assert any(window_rate(each, 64, found.bound - 1) > false_alarm for each in sets)
    for each, length in ((p, found.drop_run), (1 - p, found.keep_run)):
        assert run_rate(each, 64, length) <= false_alarm / 2
        assert length == 1 or run_rate(each, 64, length - 1) > false_alarm / 2


@pytest.mark.parametrize(("codes", "units"), [([77, 77, 77], 3), ([26, 200, 128, 26, 200], 2), ([100, 30], 2)])
@pytest.mark.parametrize("false_alarm", [1e-3, 1e-9])
def test_limits_of_several_units_are_the_tightest(codes, units, false_alarm):
    """With which each raises an alarm in one of ``units`` times as many windows, and one of them nearly does."""
    found = limits(codes, 8, window_bits=6, false_alarm=false_alarm, units=units)
    rate = false_alarm / units
    own = [np.array(codes[unit::units]) / 256 for unit in range(units)]
    sets = [*own, *(np.array([code]) / 256 for code in codes)]
    assert all(window_rate(each, 64, found.bound) <= rate for each in sets)
    assert any(window_rate(each, 64, found.bound - 1) > rate for each in sets)
    for ps, length in ((own, found.drop_run), ([1 - p for p in own], found.keep_run)):
        assert all(run_rate(p, 64, length) <= rate / 2 for p in ps)
        assert any(run_rate(p, 64, length - 1) > rate / 2 for p in ps)
    assert found.bound >= limits(codes, 8, window_bits=6, false_alarm=false_alarm).bound


def test_limits_of_several_units_hold_in_simulation():
    """All alarms of three units together, in as many windows each, are no more than those of one unit may be."""
    codes, windows, rng = [77, 128, 200], 20_000, np.random.default_rng(8)
    for units in (1, 3):
        self_test = limits(codes, 8, window_bits=6, false_alarm=2e-2, units=units)
        alarms = 0
        for unit in range(units):
            each = np.resize(codes[unit::units], 64 * windows)
            record = watch(self_test, rng.integers(0, 256, len(each)) < each, each, draw_bits=8)
            alarms += int((np.abs(record.deviations) > self_test.bound << 8).sum())
        assert 0 < alarms < 2e-2 * windows + 4 * np.sqrt(2e-2 * windows)


@pytest.mark.parametrize("name", CoreConfig.names())
def test_limits_of_one_unit_are_as_published(name):
    config = CoreConfig.load(name)
    if config.stochastic.mask_width:
        assert core_limits(config) == limits(config.stochastic.drop_codes, config.random.draw_bits)


def test_limits_of_local_units():
    """Each of them has the code of its layer."""
    tiny = CoreConfig.load("tiny").model_dump()
    document = {**tiny, "bayes": tiny["bayes"] | {"method": "spin-dropout", "p": [0.125, 0.5]}}
    config = CoreConfig.model_validate(document | {"random": tiny["random"] | {"units": 3}})
    assert core_limits(config) == limits([2, 2, 2, 8, 8, 8], 4, units=6)


def test_limits_of_what_cannot_be_watched():
    tiny = CoreConfig.load("tiny").model_dump()
    none = CoreConfig.model_validate({**tiny, "bayes": {"method": "none", "passes": 1, "max_passes": 1}})
    with pytest.raises(InputError, match=r"^config must be of a method whose draws have drop codes, not 'none'$"):
        core_limits(none)


def test_limits_where_nothing_is_random():
    """Bits that never drop are wrong with the first drop, and never stuck at keeping."""
    assert limits([0, 0], 8) == SelfTestConfig(window_bits=11, bound=0, drop_run=1, keep_run=0)
    # A code without a limit for one unit has none for all.
    assert limits([0, 128], 8, units=2).keep_run == 0 < limits([128, 128], 8, units=2).keep_run


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], 8), r"^codes must be between 0 and 255, not \[\]$"),
        (([256], 8), r"^codes must be between 0 and 255, not \[256\]$"),
        (([3, 4], 8, 1e-9, 0), r"^units must be between 1 and 2, not 0$"),
        (([3, 4], 8, 1e-9, 3), r"^units must be between 1 and 2, not 3$"),
        (([3], 8, 0.0), r"^false_alarm must be between 0 and 1, not 0\.0$"),
    ],
)
def test_limits_refuse(arguments, message):
    codes, draw_bits, *others = arguments
    with pytest.raises(InputError, match=message):
        limits(codes, draw_bits, **dict(zip(("false_alarm", "units"), others, strict=False)))


def test_watch_refuses():
    self_test = SelfTestConfig(window_bits=3, bound=3, drop_run=8, keep_run=6)
    with pytest.raises(InputError, match=r"^codes must be between 0 and 15, not 16$"):
        watch(self_test, [0, 1], [3, 16], draw_bits=4)
    with pytest.raises(InputError, match=r"^index must be an array of integers, not NoneType$"):
        watch(self_test, [0, 1], [3, 4], draw_bits=4, select=1)
