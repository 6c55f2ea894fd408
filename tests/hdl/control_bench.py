"""Control with stand-ins for its surroundings."""

import pytest

from hdl.config import CoreConfig
from hdl.testing import plain, simulate

from .configurations import CONFIGURATIONS, PADDED, SMALLEST, by_name

WORD = 2**32

#: Rows of three words, a seed of two.
WIDE = CoreConfig.model_validate(
    SMALLEST.model_dump(mode="json")
    | {
        "name": "wide",
        "array": {"rows": 4, "cols": 70, "rows_per_read": 2},
        "random": {"lfsr_width": 50, "draw_bits": 32, "seed": 2**50 - 2},
        "logits": {"width": 24, "fraction": 0, "gain_width": 24, "offset_width": 32, "max_shift": 31},
    }
)

#: With a self-test, whose registers others do not have.
MONITORED = CoreConfig.model_validate(
    PADDED.model_dump(mode="json")
    | {"name": "monitored", "self_test": {"window_bits": 4, "bound": 5, "drop_run": 9, "keep_run": 12}}
)

#: With self-tests of two units.
WATCHED = CoreConfig.model_validate(
    MONITORED.model_dump(mode="json") | {"name": "watched", "random": MONITORED.random.model_dump() | {"units": 2}}
)

each_control = pytest.mark.parametrize("config", [*CONFIGURATIONS, WIDE, MONITORED, WATCHED], ids=by_name)


class Surroundings:
    """Blocks around the control: rows at some addresses, and a record of all pulses."""

    def __init__(self, dut, rows=(), delay=0):
        self._dut = dut
        self._delay = delay
        self.rows = dict(rows)
        self.commands = []
        """Row commands, as they were taken."""
        self.pulses = []
        """Name, and what it says, of everything that lasts one cycle."""

    async def watch(self, ctx):
        dut = self._dut
        async for _, _, load, seed, store, fetch, index, constants in ctx.tick().sample(
            dut.load,
            dut.seed,
            dut.correction_write,
            dut.correction_read,
            dut.correction_index,
            dut.correction_constants,
        ):
            if load:
                self.pulses.append(("load", seed))
            if store:
                self.pulses.append(("store", index, *plain(constants).values()))
            if fetch:
                self.pulses.append(("fetch", index))

    async def answer(self, ctx):
        """Answer each row command after a while. It is taken with its reply."""
        dut = self._dut
        while True:
            await ctx.tick().until(dut.command.valid)
            for _ in range(self._delay):
                await ctx.tick()
                assert ctx.get(dut.command.valid)
            command = plain(ctx.get(dut.command.payload))
            self.commands.append(command)
            place = tuple(command["address"].values())
            exists = place in self.rows
            if exists and command["write"]:
                self.rows[place] = command["row"]
            ctx.set(dut.reply.payload, {"row": self.rows.get(place, 1), "error": not exists})
            ctx.set(dut.reply.valid, 1)
            ctx.set(dut.command.ready, 1)
            await ctx.tick().until(dut.reply.ready)
            ctx.set(dut.reply.valid, 0)
            ctx.set(dut.command.ready, 0)


def run(dut, testbench, surroundings=None, **keywords):
    surroundings = surroundings or Surroundings(dut)
    simulate(dut, testbench, background=[surroundings.watch, surroundings.answer], **keywords)
    return surroundings
