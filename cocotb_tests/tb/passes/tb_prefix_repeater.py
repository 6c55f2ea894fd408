"""Testbench of :class:`hdl.passes.PrefixRepeater`."""

from typing import Any

import cocotb
from cocotb.task import Task
from cocotb.triggers import FallingEdge

from cocotb_tests.agents.agents import StreamDriver, StreamMonitor, StreamSink
from cocotb_tests.agents.clocking import cycles, reset, start_clock
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from hdl.streams import Counts

_COUNTS = 12

#: Cycles after the last expected beat in which a surplus one would still be noticed.
_GRACE = 20


class _Bench:
    """Drivers of counts, masks and weights, and monitors.

    Masks that occur and weights are driven as far as the layer has them.
    """

    def __init__(self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER):
        parameters = Parameters.load()
        self.dut = dut
        self.config = config = parameters.core
        self.rng = parameters.rng(source, sink)
        self.layer = layer = config.layers[parameters.values["layer"]]
        self.first, self.last = layer.index == 0, layer == config.hidden_layers[-1]
        self.below = sum(each.mask_bits for each in config.layers[layer.index + 1 :])
        shape = Counts(config, layer)
        shapes = {"i": shape} | ({"present": config.stochastic.masks} if self.first else {})
        shapes |= {"weights": config.pass_weight_width} if self.last else {}
        start_clock(dut)
        self.drivers = {name: StreamDriver(dut, name, each, source.pattern(self.rng)) for name, each in shapes.items()}
        self.seen: dict[str, list[Any]] = {name: [] for name in (*shapes, "o")}
        self.monitors = {
            name: StreamMonitor(dut, name, each, self.seen[name].append)
            for name, each in (shapes | {"o": shape}).items()
        }
        StreamSink(dut, "o", sink.pattern(self.rng))
        self._sending: list[Task] = []

    async def reset(self) -> None:
        """Reset, whatever is going on."""
        for task in self._sending:
            task.cancel()
        self._sending.clear()
        for driver in self.drivers.values():
            driver.idle()
        await reset(self.dut)
        for name, beats in self.seen.items():
            beats.clear()
            self.monitors[name].cycles.clear()

    def send(self, count: int) -> None:
        """Send counts with random prefixes, of one, of some and of all masks, and more weights than they need."""
        config, layer, rng = self.config, self.layer, self.rng
        occurring, beats = [], []
        for _ in range(count):
            masks = 1 << layer.mask_bits + self.below
            present = rng.choice((1 << rng.randrange(masks), (1 << masks) - 1, rng.randrange(1, 1 << masks)))
            occurring.append(present)
            # Bits that the first layer ignores are random.
            width = config.stochastic.mask_width if self.first else layer.mask_offset
            tag = {"mask": rng.getrandbits(width), "last": rng.getrandbits(1), "weight": 0, "present": present}
            if self.first:
                tag["present"] = rng.getrandbits(config.stochastic.masks // 2)
            beats.append({"planes": [rng.getrandbits(layer.outputs) for _ in range(layer.count_width)], "tag": tag})
        weights = [rng.randint(1, config.pass_weight_total) for _ in range(count << layer.mask_bits)]
        for name, values in (("i", beats), ("present", occurring), ("weights", weights)):
            if name in self.drivers:
                self._sending.append(cocotb.start_soon(self.drivers[name].send_all(values)))

    async def finish(self, count: int) -> None:
        """Wait for the beats of ``count`` counts and compare them with those that were taken."""
        while len(self.seen["i"]) < count:
            await FallingEdge(self.dut.clk)
        await cycles(self.dut, _GRACE)
        expected = [beat for index, taken in enumerate(self.seen["i"]) for beat in self._children(index, taken)]
        if self.last:
            assert len(self.seen["weights"]) == len(expected), "a weight for each beat"
            for beat, weight in zip(expected, self.seen["weights"], strict=True):
                beat["tag"]["weight"] = weight
        assert self.seen["o"] == expected
        assert not self.first or len(self.seen["present"]) == count

    def _children(self, index: int, taken: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the beats of one: the values of the layer's bits that some mask has, the lowest first."""
        present = self.seen["present"][index] if self.first else taken["tag"]["present"]
        before = {"mask": 0, "last": 1} if self.first else taken["tag"]
        parts = {
            child: present >> (child << self.below) & (1 << (1 << self.below)) - 1
            for child in range(1 << self.layer.mask_bits)
        }
        children = [child for child, part in parts.items() if part]
        return [
            {
                "planes": taken["planes"],
                "tag": {
                    "mask": before["mask"] | child << self.layer.mask_offset,
                    "last": int(child == children[-1]) & before["last"],
                    "present": parts[child],
                    "weight": taken["tag"]["weight"],
                },
            }
            for child in children
        ]


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def what_occurs_is_sent_once(dut: Any, source: Stalls, sink: Stalls) -> None:
    """With its part of the masks; without stalls a beat a cycle."""
    bench = _Bench(dut, source, sink)
    await bench.reset()
    bench.send(_COUNTS)
    await bench.finish(_COUNTS)
    if source is sink is Stalls.NEVER:
        given = bench.monitors["o"].cycles
        assert given == list(range(given[0], given[0] + len(given)))


@testcase()
async def a_reset_begins_with_the_lowest(dut: Any) -> None:
    """After any beats before it."""
    bench = _Bench(dut, sink=Stalls.OFTEN)
    for _ in range(6):
        await bench.reset()
        bench.send(_COUNTS)
        await cycles(dut, bench.rng.randint(1, 3 * _COUNTS))
    await bench.reset()
    bench.send(_COUNTS)
    await bench.finish(_COUNTS)
