import numpy as np
import pytest

from golden.draws import watch
from hdl.config import CoreConfig
from hdl.stochastic import SelfTestBank
from hdl.testing import pause, simulate

from ..configurations import PADDED, by_name
from ..local_layers import local_config

SHOWN = ("draws", "drops", "deviation", "complete", "stuck", "out_of_bounds")
SELF_TEST = {"window_bits": 2, "bound": 1, "drop_run": 6, "keep_run": 5}


def watched(config, **random):
    fields = config.model_dump()
    return CoreConfig.model_validate({**fields, "self_test": SELF_TEST, "random": {**fields["random"], **random}})


#: Two units of one mask bit each; and two of each layer, where there are no mask bits.
CONFIGURATIONS = (watched(PADDED, units=2), watched(local_config("spin-dropout", 2)))

each_configuration = pytest.mark.parametrize("config", CONFIGURATIONS, ids=by_name)


@each_configuration
def test_each_unit_is_watched(config):
    """Units are independent, with common limits: all numbers and alarms of each. They are cleared together."""
    rng = np.random.default_rng(len(config.name))
    units, masks, k = len(config.stochastic.watched), config.stochastic.mask_width, config.random.draw_bits
    assert units == (2 if masks else 4)
    dut = SelfTestBank(config)
    alarms = set()

    async def round_of_draws(ctx, select):
        limits = config.self_test.model_copy(update={"bound": int(rng.integers(4)), "drop_run": 7})
        for name in ("bound", "drop_run", "keep_run"):
            ctx.set(getattr(dut, name), getattr(limits, name))
        if masks:
            ctx.set(dut.select, select)
        seen = [[] for _ in range(units)]
        rates, drops = rng.random(units), rng.choice([0.3, 0.9], units)
        for _ in range(rng.integers(4, 80)):
            for unit, port in enumerate(dut.units):
                index = config.stochastic.watched[unit][0]
                draw, dropped = int(rng.random() < rates[unit]), int(rng.random() < drops[unit])
                code = int(rng.integers(2**k))
                ctx.set(port.draw, draw)
                ctx.set(port.dropped, dropped)
                ctx.set(port.code, code)
                if masks:
                    ctx.set(port.index, index)
                if draw:
                    seen[unit].append((dropped, code, index))
            await ctx.tick()
        for port in dut.units:
            ctx.set(port.draw, 0)
        # The latency of a single self-test, and a cycle more.
        await pause(ctx, 2)
        expected_alarms = 0
        for unit, draws in enumerate(seen):
            dropped, codes, index = np.array(draws, dtype=int).reshape(-1, 3).T
            record = watch(limits, dropped, codes, draw_bits=k, index=index, select=select)
            full = len(record.drops) > 0
            stuck, outside = (
                bool(flags[-1]) if len(draws) else False for flags in (record.stuck, record.out_of_bounds)
            )
            ctx.set(dut.unit, unit)
            await ctx.tick()
            assert tuple(ctx.get(getattr(dut, name)) for name in SHOWN) == (
                len(draws),
                record.drops[-1] if full else 0,
                record.deviations[-1] if full else 0,
                full,
                stuck,
                outside,
            )
            expected_alarms |= (stuck or outside) << unit
        assert ctx.get(dut.alarms) == expected_alarms
        alarms.add(expected_alarms)
        ctx.set(dut.clear, 1)
        await ctx.tick()
        ctx.set(dut.clear, 0)
        # At once, and it stays so.
        for _ in range(2):
            assert not ctx.get(dut.alarms)
            assert not any(ctx.get(getattr(dut, name)) for name in SHOWN)
            await ctx.tick()
        for unit in range(units):
            ctx.set(dut.unit, unit)
            await ctx.tick()
            assert not any(ctx.get(getattr(dut, name)) for name in SHOWN)

    async def testbench(ctx):
        for round_ in range(40):
            await round_of_draws(ctx, round_ % (masks + 1))

    simulate(dut, testbench, max_cycles=20_000)
    # None, all, and some alone.
    assert {0, 1, 2, 2**units - 1} <= alarms


@pytest.mark.parametrize(
    ("config", "line"),
    [
        (PADDED, r"^SelfTest config must have a section self_test, not None$"),
        (watched(PADDED), r"^SelfTestBank config must have several units to watch, not 1$"),
    ],
)
def test_needs_several_units(config, line):
    with pytest.raises(ValueError, match=line):
        SelfTestBank(config)
