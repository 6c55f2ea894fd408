"""Control with stand-ins for its surroundings."""

import pytest

from hdl.config.geometries import geometry
from hdl.testing import plain, simulate

from .configurations import CONFIGURATIONS, cases

WORD = 2**32

#: Rows of three words, a seed of two; with a self-test, whose registers others do not have; with those of two units.
WIDE, MONITORED, WATCHED = geometry("widest"), geometry("monitored"), geometry("watched")

each_control = pytest.mark.parametrize("config", cases([*CONFIGURATIONS, WIDE, MONITORED, WATCHED]))


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
