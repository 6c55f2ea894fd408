"""The array of a macro at the ports of a core: a device model answers every read."""

import random
from typing import Any

import cocotb
import torch
from cocotb.triggers import FallingEdge, ReadOnly

from golden.macro_array import MacroArray
from hdl.config import CoreConfig, Layer
from hdl.macro_ports import macro_name

from .port_monitor import drive

__all__ = ["MacroAgent"]

#: Cycles that a pulse takes at most, beside the first.
_LONGEST_PULSE = 3


class MacroAgent:
    """Answers the ports of one array, and holds the core to their rules.

    What is not asked for is noise: words, codes and levels mean something in the one cycle in which they are due.

    Parameters
    ----------
    dut
        Core under test.
    config
        Geometry of the core.
    layer, tile
        Which array it is.
    array
        The device model.
    rng
        Source of what means nothing, and of how long pulses take.
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
        self.reads = 0
        """Reads since the beginning."""
        cocotb.start_soon(self._run())

    def _port(self, name: str) -> int:
        return int(self._dut[f"{self._name}__{name}"].value)

    def _bits(self, name: str, planes: int, lanes: int) -> torch.Tensor:
        """Return the numbers on a port, planes side by side, int64 of shape (lanes,)."""
        value = self._port(name)
        numbers = [sum((value >> plane * lanes + lane & 1) << plane for plane in range(planes)) for lane in range(lanes)]
        return torch.tensor(numbers)

    def _drive(self, name: str, planes: torch.Tensor | None, count: int) -> None:
        """Put planes, of shape (count, cols), side by side on a port; without them something."""
        width = count * self._layer.cols
        value = self._rng.getrandbits(width)
        if planes is not None:
            value = sum(int(bit) << index for index, bit in enumerate(planes.flatten().tolist()))
        drive(self._dut, **{f"{self._name}__{name}": value})

    def _planes(self, numbers: torch.Tensor, width: int) -> torch.Tensor:
        return numbers >> torch.arange(width)[:, None] & 1

    async def _run(self) -> None:
        dut, config, layer, array = self._dut, self._config, self._layer, self.array
        macro, converts = config.macro, config.converts
        assert macro is not None, "the configuration has no macros"
        lanes = 1 if macro.reference == "global" else layer.cols
        answer, levels = ("codes", config.adc_width(layer)) if converts else ("words", layer.rows_per_read)
        due: dict[int, torch.Tensor] = {}
        sensed: torch.Tensor | None = None
        asked: tuple[int, torch.Tensor] | None = None
        busy = cycle = 0
        while True:
            self._drive(answer, due.pop(cycle, None), levels)
            self._drive("sensed", sensed, layer.weight_bits)
            drive(dut, **{f"{self._name}__busy": int(busy > 0)})
            await ReadOnly()
            sensed = None
            if converts and asked is not None:
                # The bits come in the cycle after the read.
                bits, driven = (self._bits(name, 1, layer.rows_per_read) for name in ("bits", "drive"))
                codes = array.read(*asked, bits.to(torch.uint8), driven.to(torch.uint8))
                due[cycle + config.sense_stages] = self._planes(codes, levels)
            asked = None
            if not dut.rst.value:
                orders = [self._port(name) for name in ("read", "pulse", "verify")]
                assert sum(orders) <= 1, f"{self._name}: more than one order at once"
                assert not (busy and any(orders)), f"{self._name}: an order while a pulse is given"
                group, line = self._port("group"), self._port("line")
                if orders[0]:
                    self.reads += 1
                    references = self._bits("reference", macro.reference_bits, lanes)
                    asked = group, references
                    if not converts:
                        due[cycle + 1] = array.read(group, references)
                busy = max(0, busy - 1)
                if orders[1]:
                    columns = self._bits("columns", 1, layer.cols).bool()
                    array.pulse(group, line, columns, self._bits("levels", layer.weight_bits, layer.cols))
                    busy = self._rng.randint(0, _LONGEST_PULSE)
                if orders[2]:
                    sensed = self._planes(array.verify(group, line), layer.weight_bits)
            await FallingEdge(dut.clk)
            cycle += 1
