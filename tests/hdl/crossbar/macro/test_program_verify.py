import numpy as np
import pytest
import torch

from golden.arrays import program_row
from hdl.config.geometries import variant
from hdl.crossbar.macro import ProgramVerify
from hdl.testing import simulate

from ...configurations import PADDED, by_name
from ...macros import COLUMN, MACROS, PADDED_MACRO, SMALLEST_MACRO

each_macro = pytest.mark.parametrize(
    "config",
    [SMALLEST_MACRO, PADDED_MACRO, COLUMN, variant("macro_padded", "macro_padded_exact", macro={"tolerance": 0})],
    ids=by_name,
)


class NoisyRow:
    """Cells of one word line that are wrong by as much as a pulse and a read draw for them, some of them for ever."""

    def __init__(self, cols, bits, seed, stuck=()):
        self._rng = np.random.default_rng(seed)
        self._highest = 2**bits - 1
        self._stuck = dict(stuck)
        self.levels = np.zeros(cols, dtype=np.int64)

    def _near(self, levels, spread):
        wrong = levels + self._rng.integers(-spread, spread + 1, len(levels))
        return wrong.clip(0, self._highest)

    def pulse(self, columns, levels):
        self.levels = np.where(np.asarray(columns), self._near(np.asarray(levels), 2), self.levels)
        for column, level in self._stuck.items():
            self.levels[column] = level

    def verify(self):
        return torch.from_numpy(self._near(self.levels, 1))


def planes(levels, bits):
    return [sum((int(level) >> plane & 1) << lane for lane, level in enumerate(levels)) for plane in range(bits)]


@each_macro
@pytest.mark.parametrize("delay", [0, 1])
@pytest.mark.parametrize("longest", [0, 3])
def test_as_golden(config, delay, longest):
    """Rows one after the other; pulses that last a while, and the time that all takes."""
    macro, cols, bits = config.macro, config.array.cols, config.bayes.weight_bits
    dut = ProgramVerify(config, delay=delay)
    rng = np.random.default_rng([delay, longest, macro.tolerance])
    most, failures = 0, 0

    async def testbench(ctx):
        nonlocal most, failures
        for seed in range(12):
            levels = rng.integers(0, 2**bits, cols)
            stuck = {0: int(levels[0]) ^ 2 ** (bits - 1)} if seed % 3 == 0 else {}
            cells = NoisyRow(cols, bits, seed, stuck)
            wanted = program_row(NoisyRow(cols, bits, seed, stuck), torch.from_numpy(levels), macro)
            for port, word in zip(dut.target, planes(levels, bits), strict=True):
                ctx.set(port, word)
            ctx.set(dut.start, 1)
            await ctx.tick()
            ctx.set(dut.start, 0)
            cycle, given, waited, busy = 1, 0, 0, []
            due = {}
            while not ctx.get(dut.done):
                if ctx.get(dut.pulse):
                    assert cycle not in busy
                    given += 1
                    columns = ctx.get(dut.columns)
                    cells.pulse([columns >> lane & 1 for lane in range(cols)], levels)
                    length = int(rng.integers(0, longest + 1))
                    waited += length
                    busy = range(cycle + 1 + delay, cycle + 1 + delay + length)
                if ctx.get(dut.verify):
                    assert cycle not in busy
                    due[cycle + 1 + delay] = planes(cells.verify().tolist(), bits)
                await ctx.tick()
                cycle += 1
                ctx.set(dut.busy, int(cycle in busy))
                for port, word in zip(dut.sensed, due.get(cycle, [int(rng.integers(0, 2**cols))] * bits), strict=True):
                    ctx.set(port, word)
            assert ctx.get(dut.pulses) == wanted.pulses
            assert ctx.get(dut.failed) == int(wanted.failed.sum())
            assert cycle == given * (5 + 2 * delay) + waited
            assert given <= macro.max_pulses
            most, failures = max(most, given), failures + int(wanted.failed.sum())
            await ctx.tick()
            assert not ctx.get(dut.done)

    simulate(dut, testbench)
    assert most == macro.max_pulses, "no row took all pulses"
    assert failures, "no cell failed"


def test_only_where_there_are_macros():
    with pytest.raises(ValueError, match=r"^ProgramVerify config must have a section macro, not none$"):
        ProgramVerify(PADDED)


def test_configurations_differ():
    assert len({config.hash for config in MACROS}) == len(MACROS)
