import random
import re

import pytest

from cocotb_tests.agents.lanes import from_bits
from hdl.config import CoreConfig
from hdl.neurons import ActivationDropout
from hdl.testing import StreamMonitor, pause, sending, simulate, taking

from ..configurations import SMALLEST, each_stall
from ..local_layers import clocked, drawings, each_number_of_units, local_config

each_method = pytest.mark.parametrize("method", ["spatial-dropout", "spin-dropout"])
each_shape = pytest.mark.parametrize("maps", [False, True], ids=["vectors", "maps"])


def random_beats(rng, config, layer, count):
    tags = [{"mask": rng.getrandbits(config.stochastic.mask_width), "last": rng.getrandbits(1)} for _ in range(count)]
    return [{"bits": rng.getrandbits(layer.outputs), "tag": tag} for tag in tags]


def expected_beats(config, layer, code, beats):
    """Return the beats with what is dropped: each vector's own, or the same for all vectors of a pass."""
    held = layer.vectors // layer.local.drawings
    kept = [from_bits([draw >= code for draw in each]) for each in drawings(config, layer, -(-len(beats) // held))]
    return [beat | {"bits": beat["bits"] & kept[index // held]} for index, beat in enumerate(beats)]


@each_method
@each_number_of_units
def test_draws_are_shown(method, units):
    """Each with what came of it and its code, of each unit those that it makes for a channel."""
    fields = local_config(method, units, maps=True).model_dump()
    self_test = {"window_bits": 2, "bound": 1, "drop_run": 3, "keep_run": 3}
    # All units of both layers are watched, and no more than 32 can be.
    config = CoreConfig.model_validate({**fields, "self_test": self_test})
    layer, rng = config.layers[0], random.Random(units)
    code, shown = 50, [[] for _ in range(layer.local.units)]
    beats = random_beats(rng, config, layer, 5 * layer.vectors)
    dut = ActivationDropout(config, layer)
    ports = [port for each in dut.watched for port in (each.draw, each.dropped, each.code)]

    async def set_code(ctx):
        ctx.set(dut.code, code)

    async def watch(ctx):
        async for _, _, *values in ctx.tick().sample(*ports):
            for unit, found in enumerate(shown):
                draw, *value = values[unit * 3 : unit * 3 + 3]
                if draw:
                    found.append(tuple(value))

    simulate(
        clocked(dut), set_code, sending(dut.i, beats, idle=1), taking(dut.o, len(beats), idle=2), background=[watch]
    )
    drawn = drawings(config, layer, 5 * layer.local.drawings)
    for unit, found in enumerate(shown):
        assert found == [(int(draw < code), code) for each in drawn for draw in each[unit :: layer.local.units]]
    assert len({len(found) for found in shown}) == (1 if layer.local.units in (1, 5) else 2)


@each_method
@each_shape
@each_number_of_units
@each_stall
def test_agrees_with_golden(method, maps, units, send_idle, take_idle):
    rng = random.Random(f"{method}-{maps}-{units}-{send_idle}-{take_idle}")
    config = local_config(method, units, maps=maps)
    layer = config.layers[0]
    code = rng.choice([20, 40, 64, 100])
    beats = random_beats(rng, config, layer, 3 * layer.vectors + 7)
    dut = ActivationDropout(config, layer)
    source, out = StreamMonitor(dut.i), StreamMonitor(dut.o)

    async def set_code(ctx):
        ctx.set(dut.code, code)

    simulate(
        clocked(dut),
        set_code,
        sending(dut.i, beats, idle=send_idle),
        taking(dut.o, len(beats), idle=take_idle),
        background=[source.watch, out.watch],
    )
    expected = expected_beats(config, layer, code, beats)
    assert out.beats == expected
    assert expected != beats
    assert source.taken == out.taken
    held = layer.vectors // layer.local.drawings
    for index, cycle in enumerate(out.offered):
        # Drawn from the first vector on, which waits for it; the others pass at once.
        assert cycle == source.offered[index] + (layer.local.steps if index % held == 0 else 0)


@each_number_of_units
def test_drawn_before_the_vector_comes(units):
    """Told that one is coming, the bits are there when it comes; nothing is drawn ahead of that."""
    rng = random.Random(units)
    config = local_config("spin-dropout", units)
    layer = config.layers[0]
    beats = random_beats(rng, config, layer, 12)
    dut = ActivationDropout(config, layer)
    source, out = StreamMonitor(dut.i), StreamMonitor(dut.o)

    async def testbench(ctx):
        ctx.set(dut.code, 64)
        for beat in beats:
            await pause(ctx, rng.randrange(4))
            ctx.set(dut.coming, 1)
            await pause(ctx, layer.local.steps)
            await sending(dut.i, [beat])(ctx)
            ctx.set(dut.coming, 0)

    simulate(clocked(dut), testbench, taking(dut.o, len(beats)), background=[source.watch, out.watch])
    assert out.beats == expected_beats(config, layer, 64, beats)
    assert out.offered == source.offered


def test_layer_without_units_is_refused():
    message = f"ActivationDropout layer must have local units, not {SMALLEST.layers[0]!r}"
    with pytest.raises(ValueError, match=rf"^{re.escape(message)}$"):
        ActivationDropout(SMALLEST, SMALLEST.layers[0])
