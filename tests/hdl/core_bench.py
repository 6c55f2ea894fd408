"""Whole core compared with golden."""

from amaranth import ClockDomain, Module

from golden.model import core_model, results, weighted_logits
from hdl.contract import Register
from hdl.core import Core
from hdl.testing import StreamMonitor, sending, simulate

from .beats import pixel_beats, result_beats
from .bus import read, write


def random_pixels(config, rng, count):
    return rng.integers(0, 2**config.network.input_bits, (count, config.network.inputs))


def logit_beats(logits, weights):
    """Return the beats of an input: of passes without weights, or of those that weigh something."""
    weighed = [(values, weight) for values, weight in zip(logits, weights or [1] * len(logits), strict=True) if weight]
    return [
        {"value": value, "index": index, "last": number == len(weighed) - 1} | ({"weight": weight} if weights else {})
        for number, (values, weight) in enumerate(weighed)
        for index, value in enumerate(values)
    ]


def drain(stream, idle):
    """Return a background testbench that takes everything, also across a reset."""

    async def testbench(ctx):
        while True:
            ctx.set(stream.ready, 0)
            for _ in range(idle):
                await ctx.tick()
            ctx.set(stream.ready, 1)
            await ctx.tick()

    return testbench


class Bench:
    """A core, what it gave out, and what it should have.

    Parameters
    ----------
    config, program
        As of :class:`Core`.
    take_idle
        Cycles in which both outputs are refused before each beat.
    """

    def __init__(self, config, program=None, *, take_idle=0):
        self.config = config
        self.dut = Core(config, program, logits=True)
        self.sync = ClockDomain("sync")
        self._module = Module()
        self._module.domains += self.sync
        self._module.submodules.core = self.dut
        self._logits = StreamMonitor(self.dut.logits)
        self._results = StreamMonitor(self.dut.results)
        self._take_idle = take_idle
        self._expected_logits = []
        self._expected_results = []

    @property
    def done(self):
        """Number of inputs whose results were taken."""
        return len(self._results.beats) // self.config.network.classes

    @property
    def logit_cycles(self):
        """Cycles in which logits were taken."""
        return self._logits.taken

    def expect(self, program, pixels, *, passes=None, exact=False, first_pass=0, unknown=None):
        """Let golden say what comes next."""
        passes = passes or self.config.bayes.passes
        logits, weights = weighted_logits(
            core_model(program), pixels, passes=passes, exact=exact, first_pass=first_pass
        )
        for image, values in enumerate(logits.tolist()):
            self._expected_logits += logit_beats(values, None if weights is None else weights[image].tolist())
        self._expected_results += result_beats(results(logits, self.config, weights=weights, unknown=unknown))

    def forget(self):
        """Forget what came so far."""
        self._logits.beats.clear()
        self._results.beats.clear()

    async def finish(self, ctx):
        """Wait for everything that is expected, and see that no more comes."""
        while len(self._results.beats) < len(self._expected_results):
            await ctx.tick()
        for _ in range(30):
            await ctx.tick()

    async def stop(self, ctx):
        """Disable the core and wait until it is idle."""
        await write(ctx, self.dut, Register.CONTROL, 0)
        while await read(ctx, self.dut, Register.STATUS) & 1:
            pass

    def run(self, *testbenches, max_cycles=200_000):
        background = [
            self._logits.watch,
            self._results.watch,
            drain(self.dut.logits, self._take_idle),
            drain(self.dut.results, self._take_idle),
        ]
        simulate(self._module, *testbenches, background=background, max_cycles=max_cycles)
        assert self._logits.beats == self._expected_logits
        assert self._results.beats == self._expected_results
        assert self._expected_results

    def all_beats(self, pixels):
        return [beat for image in pixels for beat in pixel_beats(self.config, image.tolist())]


def check(config, program, pixels, *, send_idle=0, take_idle=0):
    """Compare a core that is generated with ``program``."""
    bench = Bench(config, program, take_idle=take_idle)
    bench.expect(program, pixels)
    bench.run(sending(bench.dut.pixels, bench.all_beats(pixels), idle=send_idle), bench.finish)
