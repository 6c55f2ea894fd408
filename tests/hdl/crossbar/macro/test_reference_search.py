import numpy as np
import pytest
import torch

from golden.arrays import search_reference
from hdl.crossbar.macro import ReferenceSearch
from hdl.testing import simulate

from ...configurations import PADDED, by_name
from ...macros import COLUMN, PADDED_MACRO, SMALLEST_MACRO


class NoisyCells:
    """Cells that give +1 where noise is above the reference, around an offset of each group and column."""

    def __init__(self, config, layer, seed):
        self._rng = np.random.default_rng(seed)
        self._layer = layer
        self._shared = config.macro.reference == "global"
        self._groups = list(range(layer.groups)) * config.macro.calibration_reads
        self._highest = 2**config.macro.reference_bits
        self._middle = self._rng.integers(-1, self._highest + 1) + self._rng.integers(-1, 2, (layer.groups, layer.cols))
        most = config.sensing.known_count(layer)
        self.targets = torch.from_numpy(self._rng.integers(0, most + 1, layer.cols))
        if self._shared:
            self.targets = self.targets.sum(dim=0, keepdim=True)

    def read(self, group, codes):
        """Return the ones of a read, fewer than there may be in the last group."""
        lines = self._layer.driven_lines(0, group)
        spread = max(1, self._highest // 4)
        noise = self._rng.integers(-spread, spread + 1, (lines, self._layer.cols))
        return (self._middle[group] + noise >= np.asarray(codes)).sum(axis=0)

    def count(self, codes):
        ones = torch.from_numpy(sum(self.read(group, codes) for group in self._groups))
        return ones.sum(dim=0, keepdim=True) if self._shared else ones


@pytest.mark.parametrize("config", [SMALLEST_MACRO, PADDED_MACRO, COLUMN], ids=by_name)
@pytest.mark.parametrize("latency", [1, 4])
def test_as_golden(config, latency):
    """Codes of one search after the other, the reads and when they come, and the time that a search takes."""
    layer, macro = config.layers[0], config.macro
    dut = ReferenceSearch(config, layer, latency=latency)
    cols, shared = layer.cols, macro.reference == "global"
    lanes = 1 if shared else cols
    reads = macro.calibration_reads * layer.groups
    found = set()

    async def testbench(ctx):
        rng = np.random.default_rng(latency)
        for seed in range(10):
            cells, twin = (NoisyCells(config, layer, seed) for _ in range(2))
            wanted = search_reference(twin.count, cells.targets, macro.reference_bits)
            for bit, plane in enumerate(dut.target):
                targets = cells.targets.tolist()
                ctx.set(plane, sum((target >> bit & 1) << lane for lane, target in enumerate(targets)))
            ctx.set(dut.start, 1)
            await ctx.tick()
            ctx.set(dut.start, 0)
            due, groups, cycle = {}, [], 1
            while not ctx.get(dut.done):
                if ctx.get(dut.read):
                    groups.append(ctx.get(dut.group))
                    planes = [ctx.get(plane) for plane in dut.code]
                    codes = [
                        sum((plane >> lane & 1) << bit for bit, plane in enumerate(planes)) for lane in range(lanes)
                    ]
                    due[cycle + latency] = cells.read(groups[-1], codes).tolist()
                await ctx.tick()
                cycle += 1
                counts = due.get(cycle) or rng.integers(0, layer.rows_per_read + 1, cols).tolist()
                for bit, plane in enumerate(dut.count):
                    ctx.set(plane, sum((count >> bit & 1) << lane for lane, count in enumerate(counts)))
            planes = [ctx.get(plane) for plane in dut.code]
            codes = [sum((plane >> lane & 1) << bit for bit, plane in enumerate(planes)) for lane in range(lanes)]
            assert codes == wanted.tolist()
            assert groups == [read % layer.groups for read in range(reads)] * macro.reference_bits
            assert cycle == macro.reference_bits * (reads + latency + 3 + cols * shared) + 1
            found.update(codes)
            await ctx.tick()

    simulate(dut, testbench)
    assert len(found) > 1, "every search found the same"


def test_only_where_there_are_macros():
    with pytest.raises(ValueError, match=r"^ReferenceSearch config must have a section macro, not none$"):
        ReferenceSearch(PADDED, PADDED.layers[0])
