import itertools
import random

import pytest
import torch
from amaranth import Module
from amaranth.lib import wiring

from golden.draws import masks
from golden.model import exact_weights, places
from hdl.passes import MaskSequencer
from hdl.stochastic import StochasticUnit
from hdl.testing import StreamMonitor, pause, sending, simulate, taking

from ..configurations import PADDED, each_stall, each_weighted

_INPUTS = 4


def place_of(config, mask):
    """Return the place of a mask: golden's list, looked through."""
    bits = [mask >> bit & 1 for bit in range(config.stochastic.mask_width)]
    return places(config).tolist().index(bits)


def counted(config, drawn):
    """Return how often each place is among the masks ``drawn``."""
    weights = [0] * config.stochastic.masks
    for mask in drawn:
        weights[place_of(config, mask)] += 1
    return weights


def occurring(weights):
    """Return the bits of the places that weigh something."""
    return sum(1 << place for place, weight in enumerate(weights) if weight)


def starting(dut, passes, *, exact, codes, idle):
    """Return a testbench that starts the inputs one after the other."""

    async def testbench(ctx):
        ctx.set(dut.passes, passes)
        ctx.set(dut.exact, exact)
        for port, code in zip(dut.codes, codes, strict=True):
            ctx.set(port, code)
        for _ in range(_INPUTS):
            await pause(ctx, idle)
            ctx.set(dut.started, 1)
            await ctx.tick()
            ctx.set(dut.started, 0)

    return testbench


def compare(dut, weights, *, passes, exact, codes, drawn, send_idle, take_idle, start_idle):
    """Run the inputs, and compare with their ``weights`` by place."""
    monitors = mask, weight, given = [StreamMonitor(stream) for stream in (dut.mask, dut.weights, dut.o)]
    nonzero = [[value for value in each if value] for each in weights]

    simulate(
        dut,
        starting(dut, passes, exact=exact, codes=codes, idle=start_idle),
        taking(dut.weights, sum(map(len, nonzero)), idle=take_idle),
        taking(dut.o, _INPUTS, idle=take_idle),
        background=[sending(dut.mask, drawn, idle=send_idle), *(monitor.watch for monitor in monitors)],
    )

    assert weight.beats == [value for each in nonzero for value in each]
    assert given.beats == [occurring(each) for each in weights]
    # All weights of an input come before its masks, and those of the next after them.
    first = 0
    for each, taken in zip(nonzero, given.taken, strict=True):
        assert max(weight.taken[first : first + len(each)]) < taken
        first += len(each)
        assert all(cycle > taken for cycle in weight.taken[first:])
    assert len(mask.taken) == (0 if exact else _INPUTS * passes)


@each_weighted
@each_stall
@pytest.mark.parametrize("start_idle", [0, 30])
def test_counts_the_masks_that_are_drawn(config, start_idle, send_idle, take_idle):
    """For one pass and the most; of many equal masks, of any, and of none but one."""
    rng = random.Random(f"{config.name}-{start_idle}-{send_idle}-{take_idle}")
    for passes in {1, config.bayes.passes, config.bayes.max_passes}:
        kinds = [
            lambda: 0,
            lambda: config.stochastic.masks - 1,
            lambda: rng.randrange(config.stochastic.masks),
            lambda: rng.choice([0, 1]),
        ]
        drawn = [[kind() for _ in range(passes)] for kind in kinds]
        compare(
            MaskSequencer(config),
            [counted(config, each) for each in drawn],
            passes=passes,
            exact=0,
            codes=[rng.getrandbits(config.random.draw_bits) for _ in range(config.stochastic.mask_width)],
            # More than are wanted: they are left.
            drawn=[*itertools.chain(*drawn), 0, 0],
            send_idle=send_idle,
            take_idle=take_idle,
            start_idle=start_idle,
        )


@each_weighted
@each_stall
@pytest.mark.parametrize("codes", ["all zero", "largest", "random"])
def test_weighs_all_masks_with_their_probabilities(config, codes, send_idle, take_idle):
    rng = random.Random(f"{config.name}-{codes}-{send_idle}-{take_idle}")
    highest = 2**config.random.draw_bits - 1
    drop = {"all zero": lambda: 0, "largest": lambda: highest, "random": lambda: rng.randint(0, highest)}[codes]
    values = [drop() for _ in range(config.stochastic.mask_width)]
    weights = exact_weights(config, torch.tensor(values)).tolist()
    compare(
        MaskSequencer(config),
        [weights] * _INPUTS,
        passes=1,
        exact=1,
        codes=values,
        drawn=[0] * 10,
        send_idle=send_idle,
        take_idle=take_idle,
        start_idle=0,
    )


@each_weighted
@pytest.mark.parametrize("exact", [0, 1])
def test_latency_with_the_unit_and_a_new_seed(config, exact):
    """Nobody waits; after a seed was loaded the sequence is that of the seed, and no mask was drawn ahead."""
    rng = random.Random(f"{config.name}-{exact}")
    passes, seed = config.bayes.passes, rng.randrange(1, 2**config.random.lfsr_width)
    codes = [rng.randrange(1, 2**config.random.draw_bits) for _ in range(config.stochastic.mask_width)]
    m = Module()
    m.submodules.unit = unit = StochasticUnit(config)
    m.submodules.dut = dut = MaskSequencer(config)
    wiring.connect(m, unit.o, dut.mask)
    m.d.comb += [
        unit.demand.eq(dut.demand),
        unit.seed.eq(seed),
        *(a.eq(b) for a, b in zip(unit.codes, codes, strict=True)),
    ]
    weight, given = StreamMonitor(dut.weights), StreamMonitor(dut.o)
    latency = 2 + (
        config.stochastic.masks * (config.stochastic.mask_width + 1)
        if exact
        else passes * (config.stochastic.mask_width + 1) + config.stochastic.masks
    )

    async def testbench(ctx):
        ctx.set(dut.weights.ready, 1)
        ctx.set(dut.o.ready, 1)
        ctx.set(dut.passes, passes)
        ctx.set(dut.exact, exact)
        for port, code in zip(dut.codes, codes, strict=True):
            ctx.set(port, code)
        # The second waits for the first, the third for its seed.
        for starts in (2, 1, 1):
            ctx.set(dut.started, 1)
            await ctx.tick().repeat(starts)
            ctx.set(dut.started, 0)
            await ctx.tick().repeat(starts * latency)
            ctx.set(unit.load, starts == 2)
            await ctx.tick()
            ctx.set(unit.load, 0)

    simulate(m, testbench, background=[weight.watch, given.watch])

    # Cycles in which inputs were begun: the second when the first is done, one cycle before it could have been started.
    after = 2 * latency + 3
    begins = [0, latency, after, after + latency + 2]
    assert given.offered == given.taken == [begin + latency for begin in begins]
    if exact:
        weights = [exact_weights(config, torch.tensor(codes)).tolist()] * 4
    else:
        drawn = [masks(config, codes, state, 2, passes=passes) for state in (config.random.seed, seed)]
        bits = torch.cat(drawn).tolist()
        numbers = [[sum(bit << index for index, bit in enumerate(mask)) for mask in each] for each in bits]
        weights = [counted(config, each) for each in numbers]
    assert weight.beats == [value for each in weights for value in each if value]
    assert given.beats == [occurring(each) for each in weights]


def test_refuses_passes_without_weights():
    with pytest.raises(ValueError, match=r"^MaskSequencer order must be 'prefix', not 'plain'$"):
        MaskSequencer(PADDED)
