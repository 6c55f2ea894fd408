import random

import pytest

from hdl.neurons import SerialMultiplier
from hdl.testing import pause, simulate


def plane(numbers, index):
    """Return bit ``index`` of each number in two's complement."""
    return sum((number >> index & 1) << lane for lane, number in enumerate(numbers))


@pytest.mark.parametrize(("gain_width", "lanes", "steps"), [(1, 1, 1), (1, 2, 4), (3, 1, 5), (4, 5, 9)])
@pytest.mark.parametrize("idle", [0, 3])
def test_products(gain_width, lanes, steps, idle):
    """Of all gains, the extremes among them; several counts and constants with the same gains."""
    rng = random.Random(f"{gain_width}-{lanes}-{steps}-{idle}")
    dut = SerialMultiplier(gain_width, lanes)
    half, whole = 1 << gain_width - 1, 1 << steps
    found, expected = [], []

    async def pulse(ctx, port, **values):
        await pause(ctx, rng.randint(0, idle))
        for name, value in values.items():
            ctx.set(getattr(dut, name), value)
        ctx.set(port, 1)
        shown = ctx.get(dut.o)
        await ctx.tick()
        ctx.set(port, 0)
        return shown

    async def testbench(ctx):
        for _ in range(12):
            gains = [rng.choice([-half, half - 1, rng.randrange(-half, half)]) for _ in range(lanes)]
            for index in range(gain_width):
                await pulse(ctx, dut.load, word=plane(gains, index))
            for _ in range(rng.randint(1, 3)):
                counts = [rng.choice([0, whole - 1, rng.randrange(whole)]) for _ in range(lanes)]
                constants = [rng.randrange(-whole // 2, whole // 2 + 1) for _ in range(lanes)]
                planes = [
                    await pulse(
                        ctx,
                        dut.step,
                        word=plane(constants, index),
                        count=plane(counts, index),
                        last=index == steps - 1,
                    )
                    for index in range(steps)
                ]
                found.append([sum((word >> lane & 1) << i for i, word in enumerate(planes)) for lane in range(lanes)])
                sums = zip(gains, counts, constants, strict=True)
                expected.append([(gain * count + constant) % whole for gain, count, constant in sums])

    simulate(dut, testbench)
    assert found == expected


@pytest.mark.parametrize(("name", "sizes"), [("gain_width", (0, 1)), ("lanes", (1, 0))])
def test_sizes_that_are_none(name, sizes):
    with pytest.raises(ValueError, match=rf"^SerialMultiplier {name} must be a positive integer, not 0$"):
        SerialMultiplier(*sizes)
