import random

import pytest

from hdl.config.geometries import variant
from hdl.crossbar.macro import MacroArray
from hdl.testing import simulate

from ...macros import ADC, COLUMN, PADDED_MACRO, SMALLEST_MACRO

FINE = variant("macro_padded", "macro_padded_fine", macro={"sense": "adc", "adc_bits": 9}, hardware={"pipeline": 4})
CONFIGS = (SMALLEST_MACRO, PADDED_MACRO, COLUMN, ADC, FINE)

ARRAYS = [
    pytest.param(config, layer, row_tile, id=f"{config.name}-{layer.index}-{row_tile}")
    for config in CONFIGS
    for layer in config.layers
    for row_tile in range(layer.row_tiles)
]


def as_word(bits):
    return sum(int(bit) << index for index, bit in enumerate(bits))


@pytest.mark.parametrize(("config", "layer", "row_tile"), ARRAYS)
def test_counts(config, layer, row_tile):
    """Of one read after the other, each at the time that is promised; what a macro says at other times is noise."""
    rng = random.Random(f"{config.name}-{layer.index}-{row_tile}")
    dut = MacroArray(config, layer, row_tile)
    lines, cols, hardware = layer.rows_per_read, layer.cols, config.hardware
    late = int(hardware.reads_registered)
    latency = 1 + hardware.array_stages + config.sensing.stages
    choices = range(layer.groups)
    groups = [rng.choice(choices) for _ in range(40)]
    known = [rng.random() < 0.3 for _ in groups]
    expected, found = [], []
    shift = config.sensing.adc_shift(layer)

    async def testbench(ctx):
        asked, answers, bits = {}, {}, {}
        for cycle in range(len(groups) + latency + 2):
            reads = cycle < len(groups)
            ctx.set(dut.read, reads)
            ctx.set(dut.group, groups[cycle] if reads else rng.choice(choices))
            ctx.set(dut.known, known[cycle] if reads else rng.getrandbits(1))
            bits[cycle] = [rng.getrandbits(1) for _ in range(lines)]
            ctx.set(dut.bits, as_word(bits.get(cycle)))
            answer = answers.get(cycle)
            if config.sensing.converts:
                codes = answer or [rng.getrandbits(config.sensing.adc_width(layer)) for _ in range(cols)]
                planes = [
                    as_word(code >> plane & 1 for code in codes) for plane in range(config.sensing.adc_width(layer))
                ]
                ctx.set(dut.macro.codes, sum(word << plane * cols for plane, word in enumerate(planes)))
            else:
                words = answer or [rng.getrandbits(cols) for _ in range(lines)]
                ctx.set(dut.macro.words, sum(word << line * cols for line, word in enumerate(words)))
            if reads or cycle - late < len(groups):
                assert ctx.get(dut.macro.read) == (0 <= cycle - late < len(groups))
            if cycle in asked:
                # The bits of the read of the cycle before are there.
                group, all_ones = asked[cycle]
                held = layer.driven_lines(row_tile, group)
                shown = [1] * lines if all_ones else bits[cycle - late]
                if config.sensing.converts:
                    assert ctx.get(dut.macro.drive) == (1 << held) - 1
                    assert ctx.get(dut.macro.bits) == as_word(shown[:held])
                    codes = [rng.getrandbits(config.sensing.adc_width(layer)) for _ in range(cols)]
                    answers[cycle + config.sensing.stages] = codes
                    expected.append([min(code << shift, held) for code in codes])
                else:
                    agree = [
                        [word >> col & 1 == bit for word, bit in zip(words, shown, strict=True)] for col in range(cols)
                    ]
                    expected.append([sum(column[:held]) for column in agree])
            if ctx.get(dut.macro.read):
                asked[cycle + 1] = ctx.get(dut.macro.group), known[cycle - late]
            if cycle >= latency and cycle - latency < len(groups):
                planes = [ctx.get(plane) for plane in dut.count]
                found.append(
                    [sum((word >> col & 1) << plane for plane, word in enumerate(planes)) for col in range(cols)]
                )
            await ctx.tick()

    simulate(dut, testbench)
    assert found == expected
    assert len(expected) == len(groups)


def test_a_row_tile_that_is_not_there():
    with pytest.raises(ValueError, match=r"^MacroArray row_tile must be between 0 and 0, not 1$"):
        MacroArray(SMALLEST_MACRO, SMALLEST_MACRO.layers[0], 1)
