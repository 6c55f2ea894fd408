import random

import pytest
from amaranth import Module

from hdl.rows import RowAccess, RowStore, grouped_address, grouped_places
from hdl.testing import StreamMonitor, simulate

from ..configurations import CONFIGURATIONS, GROUPED, marks_of
from ..row_port import every_address, row_command


def with_stores(config, tiles, groups, lines, delay=0, folds=1):
    """Return row access, and a module of it and the stores of a block."""
    m = Module()
    m.submodules.access = access = RowAccess(config, tiles=tiles, groups=groups, lines=lines, delay=delay, folds=folds)
    place = grouped_address(access.group, access.column, groups) if folds > 1 else access.group
    for tile in range(tiles):
        m.submodules[f"store_{tile}"] = store = RowStore(
            grouped_places(groups, folds), lines, config.array.cols // folds, joined=folds > 1
        )
        m.d.comb += [
            store.read.eq(access.read[tile]),
            store.write.eq(access.write[tile]),
            store.group.eq(place),
            store.line.eq(access.line),
            store.row.eq(access.row),
            access.words[tile].eq(store.word),
        ]
    return access, m


BLOCKS = [
    pytest.param(config, sizes, id=f"{config.name}-{kind}-{layer.index}", marks=marks_of(config))
    for config in (*CONFIGURATIONS, *GROUPED)
    for layer in config.layers
    for kind, sizes in (
        ("crossbar", (layer.arrays, layer.array_groups, layer.rows_per_read)),
        ("neuron", (layer.col_tiles, layer.choices, layer.neuron_lines)),
    )
    if kind == "crossbar" or layer in config.hidden_layers
]


@pytest.mark.parametrize(("config", "sizes"), BLOCKS)
def test_programs_and_reads_every_address(config, sizes):
    """Also those that do not exist: an error, and nothing is done."""
    rng = random.Random(f"{config.name}-{sizes}")
    folds = config.layers[0].column_folds
    access, bench = with_stores(config, *sizes, folds=folds)
    commands, replies = StreamMonitor(access.command), StreamMonitor(access.reply)
    uses = []
    places = every_address(config)
    existing = [
        place for place in places if all(value < size for value, size in zip(place.values(), sizes, strict=True))
    ]
    assert len(existing) == sizes[0] * sizes[1] * sizes[2]
    stored = {tuple(place.values()): 0 for place in existing}

    async def watch(ctx):
        async for _, _, read, write, command in ctx.tick().sample(access.read, access.write, access.command.valid):
            assert not (read and write)
            assert command or not (read or write)
            if read or write:
                uses.append(read | write)

    async def testbench(ctx):
        ctx.set(access.idle, 1)
        rng.shuffle(places)
        for place in places:
            row = rng.getrandbits(config.array.cols)
            reply = await row_command(ctx, access, place, row=row, idle=rng.randrange(3))
            assert reply["error"] == (place not in existing), place
            if place in existing:
                stored[tuple(place.values())] = row
        rng.shuffle(places)
        for place in places:
            reply = await row_command(ctx, access, place, idle=rng.randrange(3))
            assert reply["error"] == (place not in existing), place
            if place in existing:
                assert reply["row"] == stored[tuple(place.values())], place

    simulate(bench, testbench, background=[watch, commands.watch, replies.watch])
    # A store is used once for each group of columns of a row that exists, a command is taken with its reply.
    assert len(uses) == 2 * len(existing) * folds
    assert all(use.bit_count() == 1 for use in uses)
    assert commands.taken == replies.taken
    assert len(commands.taken) == 2 * len(places)


@pytest.mark.parametrize("write", [0, 1])
@pytest.mark.parametrize("busy", [0, 1, 4])
@pytest.mark.parametrize("delay", [0, 1])
def test_waits_for_the_block(write, busy, delay):
    """Holds it idle from the command to the reply, which is there two cycles, and the stores' delay, after the block is
    idle."""
    config = CONFIGURATIONS[0]
    access, bench = with_stores(config, 1, 1, 2, delay)
    replies = StreamMonitor(access.reply)
    trace = []

    async def watch(ctx):
        async for sample in ctx.tick().sample(access.hold, access.read, access.write):
            trace.append(sample[2:])

    async def block(ctx):
        await ctx.tick().repeat(2 + busy)
        ctx.set(access.idle, 1)

    async def testbench(ctx):
        await ctx.tick().repeat(2)
        await row_command(ctx, access, {"line": 1}, row=3 if write else None, idle=busy + 3 + delay)
        await ctx.tick().repeat(2)

    simulate(bench, testbench, block, background=[watch, replies.watch])
    used = 2 + busy
    assert replies.offered == [used + 2 + delay]
    assert replies.taken == [used + 3 + delay]
    held = [cycle for cycle, (hold, _, _) in enumerate(trace) if hold]
    assert held == list(range(2, used + 4 + delay))
    assert [cycle for cycle, (_, read, _) in enumerate(trace) if read] == ([] if write else [used])
    assert [cycle for cycle, (_, _, write) in enumerate(trace) if write] == ([used] if write else [])
