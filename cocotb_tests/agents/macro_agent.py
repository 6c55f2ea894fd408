"""Model of a macro at the ports of a core.

A device model answers every read.
"""

import random
from typing import Any

import cocotb
import torch
from cocotb.triggers import FallingEdge, ReadOnly

from golden.arrays import MacroArray
from hdl.config import CoreConfig, Layer
from hdl.crossbar.macro import MacroPorts, macro_name

__all__ = ["MacroAgent"]

#: Cycles that a pulse takes at most, beside the first.
_LONGEST_PULSE = 3


class MacroAgent:
    """Responder at the ports of one array.

    It checks that the core keeps to the rules of the ports. Values that were not requested are noise: words, codes and
    levels mean something in the one cycle in which they are due.

    Parameters
    ----------
    dut
        Core under test.
    config
        Geometry of the core.
    layer, tile
        Position of the array.
    array
        The device model.
    rng
        Source of meaningless values, and of the durations of pulses.
    """

    def __init__(self, dut: Any, config: CoreConfig, layer: Layer, tile: int, array: MacroArray, rng: random.Random):
        self._dut = dut
        self._config = config
        self._layer = layer
        self.layer = layer.index
        """Number of the layer."""
        self.array = array
        """The device model."""
        self._rng = rng
        self._name = macro_name(layer, tile)
        prefix = f"{self._name}__"
        self._ports = {name: dut[prefix + name] for name in MacroPorts(config, layer).members}
        self.reads = 0
        """Reads since the beginning."""
        cocotb.start_soon(self._run())

    def _lanes(self, name: str, planes: int, lanes: int) -> torch.Tensor:
        """Return the numbers on a port, planes side by side, int64 of shape (lanes,)."""
        value = int(self._ports[name].value)
        numbers = [
            sum((value >> plane * lanes + lane & 1) << plane for plane in range(planes)) for lane in range(lanes)
        ]
        return torch.tensor(numbers)

    def _give(self, name: str, planes: torch.Tensor | None) -> None:
        """Put planes, of shape (count, cols), side by side on a port; without them noise."""
        port = self._ports[name]
        if planes is None:
            port.value = self._rng.getrandbits(len(port))
        else:
            port.value = sum(int(bit) << index for index, bit in enumerate(planes.flatten().tolist()))

    async def _run(self) -> None:
        dut, config, layer, array = self._dut, self._config, self._layer, self.array
        macro, converts = config.macro, config.sensing.converts
        assert macro is not None, "the configuration has no macros"
        lanes = 1 if macro.reference == "global" else layer.cols
        answer = "codes" if converts else "words"
        read, pulse, verify, group, line = (self._ports[name] for name in ("read", "pulse", "verify", "group", "line"))
        # Values by the cycle in which they are due, and their ports; after that a port shows noise.
        due: dict[tuple[int, str], torch.Tensor | None] = {(0, answer): None, (0, "sensed"): None}
        asked: tuple[int, torch.Tensor] | None = None
        busy = cycle = 0
        self._ports["busy"].value = 0

        def answers(name: str, delay: int, numbers: torch.Tensor, width: int) -> None:
            due[cycle + delay, name] = numbers >> torch.arange(width)[:, None] & 1
            due.setdefault((cycle + delay + 1, name), None)

        while True:
            for name in (answer, "sensed"):
                if (cycle, name) in due:
                    self._give(name, due.pop((cycle, name)))
            await ReadOnly()
            before = busy
            busy = max(0, busy - 1)
            if asked is not None:
                # The bits come in the cycle after the read.
                bits, driven = (self._lanes(name, 1, layer.rows_per_read) for name in ("bits", "drive"))
                codes = array.read(*asked, bits.to(torch.uint8), driven.to(torch.uint8))
                answers("codes", config.sensing.stages, codes, config.sensing.adc_width(layer))
            asked = None
            orders = [name for name, port in (("read", read), ("pulse", pulse), ("verify", verify)) if port.value]
            if orders and not dut.rst.value:
                assert len(orders) == 1, f"{self._name}: more than one order at once"
                assert not before, f"{self._name}: an order while a pulse is given"
                place = int(group.value), int(line.value)
                if orders == ["read"]:
                    self.reads += 1
                    asked = place[0], self._lanes("reference", macro.reference_bits, lanes)
                    if not converts:
                        words, asked = array.read(*asked), None
                        due[cycle + 1, "words"] = words
                        due.setdefault((cycle + 2, "words"), None)
                elif orders == ["pulse"]:
                    columns = self._lanes("columns", 1, layer.cols).bool()
                    array.pulse(*place, columns, self._lanes("levels", layer.weight_bits, layer.cols))
                    busy = self._rng.randint(0, _LONGEST_PULSE)
                else:
                    answers("sensed", 1, array.verify(*place), layer.weight_bits)
            await FallingEdge(dut.clk)
            cycle += 1
            if busy != before:
                self._ports["busy"].value = int(busy > 0)
