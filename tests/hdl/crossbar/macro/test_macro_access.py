import numpy as np
import pytest
import torch

from golden.arrays import program_row
from hdl.crossbar.macro import MacroAccess
from hdl.testing import plain, simulate

from ...configurations import by_name
from ...macros import COLUMN, PADDED_MACRO, SMALLEST_MACRO
from .test_program_verify import NoisyRow

DELAY, LATENCY = 1, 3


async def command(ctx, dut, **members):
    """Give a command to the idle block; return its reply and the cycles until it was there."""
    address = {"tile": 0, "group": 0, "line": 0, "thresholds": 0, "layer": 0} | members.pop("address", {})
    ctx.set(dut.command.payload, {"address": address, "write": 0, "row": 0, "calibrate": 0} | members)
    ctx.set(dut.command.valid, 1)
    cycles = 0
    while not ctx.get(dut.reply.valid):
        assert ctx.get(dut.hold)
        await ctx.tick()
        cycles += 1
    reply = plain(ctx.get(dut.reply.payload))
    ctx.set(dut.reply.ready, 1)
    assert ctx.get(dut.command.ready)
    await ctx.tick()
    ctx.set(dut.reply.ready, 0)
    ctx.set(dut.command.valid, 0)
    return reply, cycles


@pytest.mark.parametrize("config", [SMALLEST_MACRO, PADDED_MACRO, COLUMN], ids=by_name)
def test_commands(config):
    """Levels are programmed plane by plane and read back; references are kept; what is not there is an error."""
    layer, macro = config.layers[0], config.macro
    bits, cols, tiles = layer.weight_bits, layer.cols, layer.arrays
    dut = MacroAccess(config, layer, delay=DELAY, latency=LATENCY)
    rng = np.random.default_rng(5)
    lanes = 1 if macro.reference == "global" else cols
    rows, due = {}, []

    def row(place):
        return rows.setdefault(place, NoisyRow(cols, bits, sum(place)))

    def planes(levels):
        return [sum((int(level) >> plane & 1) << lane for lane, level in enumerate(levels)) for plane in range(bits)]

    async def macros(ctx):
        """Answer for all tiles, one or two cycles after they are asked as `DELAY` says."""
        waiting = []
        async for _, _, pulse, verify, group, line, columns, levels in ctx.tick().sample(
            dut.pulse, dut.verify, dut.group, dut.line, dut.columns, dut.levels
        ):
            for tile in range(tiles):
                if pulse >> tile & 1:
                    numbers = [
                        sum((levels >> plane * cols + lane & 1) << plane for plane in range(bits))
                        for lane in range(cols)
                    ]
                    row((tile, group, line)).pulse([columns >> lane & 1 for lane in range(cols)], np.array(numbers))
                if verify >> tile & 1:
                    sensed = planes(row((tile, group, line)).verify().tolist())
                    waiting.append([DELAY, tile, sum(word << plane * cols for plane, word in enumerate(sensed))])
            for each in waiting:
                if not each[0]:
                    ctx.set(dut.sensed[each[1]], each[2])
                each[0] -= 1

    async def testbench(ctx):
        for _ in range(3):
            await ctx.tick()
        ctx.set(dut.idle, 1)
        for _ in range(6):
            tile, group = int(rng.integers(tiles)), int(rng.integers(layer.array_groups))
            line = int(rng.integers(layer.rows_per_read))
            levels = rng.integers(0, 2**bits, cols)
            twin = NoisyRow(cols, bits, tile + group + line)
            # A row that is programmed again begins anew, as its twin does.
            rows.pop((tile, group, line), None)
            wanted = program_row(twin, torch.from_numpy(levels), macro)
            place = {"tile": tile, "group": group}
            for plane, word in enumerate(planes(levels)):
                address = place | {"line": line * bits + plane}
                reply, cycles = await command(ctx, dut, address=address, write=1, row=word)
                last = plane == bits - 1
                most = (
                    {"pulses": wanted.pulses, "failed": int(wanted.failed.sum())}
                    if last
                    else {"pulses": 0, "failed": 0}
                )
                assert {name: reply[name] for name in most} == most
                assert not reply["error"]
                assert (cycles - 1) % (5 + 2 * DELAY) == 0
                assert (cycles > 1) == last
            plane = int(rng.integers(bits))
            reply, cycles = await command(ctx, dut, address=place | {"line": line * bits + plane})
            assert reply["row"] == planes(twin.verify().tolist())[plane]
            assert cycles == 2 + DELAY
        for tile in range(tiles):
            for plane in range(macro.reference_bits):
                address = {"tile": tile, "group": layer.array_groups, "line": plane}
                reply, cycles = await command(ctx, dut, address=address)
                held = (1 << lanes) - 1 if macro.reference_reset >> plane & 1 else 0
                assert (reply["row"], reply["error"], cycles) == (held, 0, 2)
                word = int(rng.integers(2**lanes))
                await command(ctx, dut, address=address, write=1, row=word)
                due.append((address, word))
        for address, word in due:
            assert (await command(ctx, dut, address=address))[0]["row"] == word
            shown = ctx.get(dut.reference[address["tile"]]) >> address["line"] * lanes & (1 << lanes) - 1
            assert shown == word
        counted = config.sensing.calibration_lines(layer)
        for tile in range(tiles):
            places = [
                {"tile": tile, "group": layer.array_groups, "line": line}
                for line in range(macro.reference_bits, counted)
            ]
            words = [int(rng.integers(1, 2**lanes)) for _ in places]
            for place, word in zip(places, words, strict=True):
                assert (await command(ctx, dut, address=place, write=1, row=word))[1] == 1
            for place, word in zip(places, words, strict=True):
                reply, cycles = await command(ctx, dut, address=place)
                assert (reply["row"], reply["error"], cycles) == (word, 0, 2)
        reply, cycles = await command(ctx, dut, calibrate=1)
        reads = macro.calibration_reads * layer.groups
        search = 1 + macro.reference_bits * (reads + LATENCY + 3 + cols * (lanes == 1))
        assert (reply["error"], cycles) == (0, 1 + search)
        # Nothing was counted, so nothing reaches its target.
        assert ctx.get(dut.reference[0]) == 0
        for missing in ({"group": layer.array_groups, "line": counted}, {"line": layer.group_rows}):
            if all(value < 2 ** len(dut.command.p.address[name]) for name, value in missing.items()):
                reply, cycles = await command(ctx, dut, address=missing, write=1, row=1)
                assert (reply["error"], cycles) == (1, 1)

    simulate(dut, testbench, background=[macros])
