import numpy as np
import pytest

from golden.draws import watch
from hdl.config import RUN_WIDTH, SelfTestConfig
from hdl.config.geometries import geometry
from hdl.stochastic import SelfTest
from hdl.testing import pause, simulate

from ..configurations import PADDED, SMALLEST, by_name

NUMBERS = ("draws", "drops", "deviation", "complete")
FLAGS = ("stuck", "out_of_bounds")


def with_self_test(config, **limits):
    return config.model_copy(update={"self_test": SelfTestConfig(**limits)})


#: A window of two draws; one of eight; and one of draws of the largest width.
CONFIGURATIONS = (
    with_self_test(SMALLEST, window_bits=1, bound=0, drop_run=1, keep_run=2),
    with_self_test(PADDED, window_bits=3, bound=3, drop_run=5, keep_run=4),
    with_self_test(
        geometry("largest_draws"),
        window_bits=4,
        bound=16,
        drop_run=0,
        keep_run=0,
    ),
)

each_configuration = pytest.mark.parametrize("config", CONFIGURATIONS, ids=by_name)


def set_limits(ctx, dut, self_test, select=0):
    for name in ("bound", "drop_run", "keep_run"):
        ctx.set(getattr(dut, name), getattr(self_test, name))
    ctx.set(dut.select, select)


async def clear(ctx, dut):
    ctx.set(dut.clear, 1)
    await ctx.tick()
    ctx.set(dut.clear, 0)


def shown(ctx, dut):
    return {name: ctx.get(getattr(dut, name)) for name in (*NUMBERS, *FLAGS)}


def expected(record, draws):
    """Return golden's record as ports: numbers after ``draws`` draws, flags after one less."""
    windows = int(record.complete[draws - 1]) if draws else 0
    flags = max(draws - 1, 0)
    return {
        "draws": draws,
        "drops": int(record.drops[windows - 1]) if windows else 0,
        "deviation": int(record.deviations[windows - 1]) if windows else 0,
        "complete": int(windows > 0),
        "stuck": int(flags and record.stuck[flags - 1]),
        "out_of_bounds": int(flags and record.out_of_bounds[flags - 1]),
    }


@each_configuration
@pytest.mark.parametrize("idle", [0, 2])
@pytest.mark.parametrize("alike", [0.5, 0.9])
def test_agrees_with_golden(config, idle, alike):
    """Every number one cycle after each draw, every flag two; from reset, and again after each clear."""
    rng = np.random.default_rng([len(config.name), idle, int(10 * alike)])
    self_test, width = config.self_test, config.stochastic.mask_width
    count = 5 * self_test.window * width + 3
    dut = SelfTest(config)
    alarms = []

    async def testbench(ctx):
        for select in (*range(width + 1), 0):
            index = np.arange(count) % width
            dropped = (np.cumsum(rng.random(count) > alike) + rng.integers(2)) % 2
            codes = rng.integers(0, 2**config.random.draw_bits, count)
            limits = self_test.model_copy(update={"bound": int(rng.integers(self_test.bound + 1))})
            record = watch(limits, dropped, codes, draw_bits=config.random.draw_bits, index=index, select=select)
            alarms.append((record.stuck[-1], record.out_of_bounds[-1]))
            set_limits(ctx, dut, limits, select)
            for draw in range(count):
                for port, values in ((dut.dropped, dropped), (dut.index, index), (dut.code, codes)):
                    ctx.set(port, int(values[draw]))
                ctx.set(dut.draw, 1)
                await ctx.tick()
                ctx.set(dut.draw, 0)
                assert shown(ctx, dut) == expected(record, draw + 1)
                if idle:
                    await pause(ctx, idle)
                    settled = expected(record, draw + 1) | {name: getattr(record, name)[draw] for name in FLAGS}
                    assert shown(ctx, dut) == settled
            # The last draw is still to be judged, but a clear comes first.
            await clear(ctx, dut)
            assert not any(shown(ctx, dut).values())
            await ctx.tick()
            assert not any(shown(ctx, dut).values())

    simulate(dut, testbench, max_cycles=100_000)
    # Without limits nothing is ever wrong; with them, something was.
    assert any(stuck for stuck, _ in alarms) == bool(self_test.drop_run)


@each_configuration
@pytest.mark.parametrize("dropped", [0, 1])
def test_stuck_from_the_first_draw(config, dropped):
    """The run that fills the limit is told two cycles later, and stays told when the run ends."""
    self_test = config.self_test
    limit = (self_test.keep_run, self_test.drop_run)[dropped]
    dut = SelfTest(config)

    async def testbench(ctx):
        set_limits(ctx, dut, self_test)
        ctx.set(dut.dropped, dropped)
        ctx.set(dut.draw, 1)
        await pause(ctx, limit or 40)
        assert not ctx.get(dut.stuck)
        ctx.set(dut.dropped, 1 - dropped)
        await pause(ctx, 1)
        assert ctx.get(dut.stuck) == bool(limit)
        ctx.set(dut.draw, 0)
        await pause(ctx, 5)
        assert ctx.get(dut.stuck) == bool(limit)

    simulate(dut, testbench)


def test_runs_saturate():
    """A run never becomes short again by becoming long."""
    longest = 2**RUN_WIDTH - 1
    config = with_self_test(SMALLEST, window_bits=1, bound=2, drop_run=0, keep_run=0)
    dut = SelfTest(config)

    async def testbench(ctx):
        set_limits(ctx, dut, config.self_test)
        ctx.set(dut.draw, 1)
        await pause(ctx, longest + 5)
        ctx.set(dut.draw, 0)
        ctx.set(dut.keep_run, longest)
        await pause(ctx, 1)
        assert ctx.get(dut.stuck)

    simulate(dut, testbench, max_cycles=2 * longest)


def test_needs_a_self_test():
    with pytest.raises(ValueError, match=r"^SelfTest config must have a section self_test, not None$"):
        SelfTest(PADDED)
