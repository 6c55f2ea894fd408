"""Both sides of :class:`hdl.streams.WordLines`."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import cocotb
from cocotb.task import Task
from cocotb.triggers import FallingEdge, ReadOnly

from hdl.config import CoreConfig, Layer
from hdl.streams import PassTag

from .beats import pack, unpack
from .clocking import cycle

__all__ = ["WordLineReader", "WordLineSource"]


class WordLineSource:
    """Source of the input vectors of a crossbar.

    It checks the order of the crossbar's reads.

    Parameters
    ----------
    dut, name
        Block under test, and the name of its port.
    config, layer
        Geometry.
    stalls
        When to pause between vectors.
    rng
        Source of the bits of word lines that hold no input.
    on_vector
        Called with the values and the tag of each vector when its last read is done.
    """

    def __init__(
        self,
        dut: Any,
        name: str,
        config: CoreConfig,
        layer: Layer,
        stalls: Iterator[bool],
        rng: random.Random,
        on_vector: Callable[[list[int], dict[str, int]], None],
    ):
        self._dut = dut
        self._name = name
        self._tag = PassTag(config)
        self._layer = layer
        self._stalls = stalls
        self._rng = rng
        self._on_vector = on_vector
        self.offered: list[int] = []
        """Cycles in which a vector was offered first."""
        self.finished: list[int] = []
        """Cycles of the last read of each vector."""
        self.idle()

    def idle(self) -> None:
        """Offer nothing, as after a reset."""
        self._port("valid").value = 0
        self._port("tag").value = 0
        for tile in range(self._layer.row_tiles):
            self._port(f"bits__{tile}").value = 0

    async def send(self, values: Sequence[int], tag: dict[str, int]) -> None:
        """Offer a vector of pixels or bits and return when the last of it was read."""
        clk, layer = self._dut.clk, self._layer
        while next(self._stalls):
            await FallingEdge(clk)
        self._port("valid").value = 1
        self._port("tag").value = pack(self._tag, tag)
        self.offered.append(cycle())
        reads: list[tuple[int, int]] = []
        done = False
        while not done:
            await ReadOnly()
            read = bool(self._port("read").value)
            if read:
                plane, group = int(self._port("plane").value), int(self._port("group").value)
                reads.append((plane, group))
                done = bool(self._port("done").value)
            if done:
                self.finished.append(cycle())
                self._on_vector(list(values), tag)
            await FallingEdge(clk)
            if read:
                for tile in range(layer.row_tiles):
                    self._port(f"bits__{tile}").value = self._lines(values, tile, group, plane)
        self._port("valid").value = 0
        order = sorted(set(reads), key=lambda read: (-read[0], read[1]))
        assert reads == order * layer.column_groups, f"out of order: {reads}"
        assert len(order) == layer.reads, f"{len(order)} reads, not {layer.reads}"

    def _lines(self, values: Sequence[int], tile: int, group: int, plane: int) -> int:
        """Return the bits of the word lines of a group, at random where there is no input."""
        layer = self._layer
        word = self._rng.getrandbits(layer.rows_per_read)
        for line in range(layer.rows_per_read):
            if group < layer.driven_groups(tile, line):
                n = tile * layer.rows + group * layer.rows_per_read + line
                word = word & ~(1 << line) | (values[n] >> plane & 1) << line
        return word

    def _port(self, member: str) -> Any:
        return self._dut[f"{self._name}__{member}"]


class WordLineReader:
    """Reader of the vectors that a block owns.

    It reads each group of every bit plane once.

    Parameters
    ----------
    dut, name, config, layer
        As of :class:`WordLineSource`.
    stalls
        When to pause between reads.
    rng
        Source of the order of the reads.
    on_vector
        Called with the values and the tag of each vector.
    undriven
        Required bit of word lines that hold no input; any bit, even unknown, when not given.
    """

    def __init__(
        self,
        dut: Any,
        name: str,
        config: CoreConfig,
        layer: Layer,
        stalls: Iterator[bool],
        rng: random.Random,
        on_vector: Callable[[dict[str, Any]], None],
        *,
        undriven: int | None = None,
    ):
        self._dut = dut
        self._name = name
        self._tag = PassTag(config)
        self._layer = layer
        self._stalls = stalls
        self._rng = rng
        self._on_vector = on_vector
        self._undriven = undriven
        self.first: list[int] = []
        """Cycles in which a vector was seen first."""
        self.last: list[int] = []
        """Cycles of the last read of each vector."""
        self._read(None)
        self._task: Task = cocotb.start_soon(self._run())

    async def _run(self) -> None:
        clk = self._dut.clk
        await FallingEdge(clk)
        while True:
            await ReadOnly()
            if not bool(self._port("valid").value) or self._dut.rst.value:
                await FallingEdge(clk)
                continue
            self.first.append(cycle())
            tag = int(self._port("tag").value)
            await FallingEdge(clk)
            values = await self._vector(tag)
            if values is not None:
                self._on_vector({"values": values, "tag": unpack(self._tag, tag)})

    async def _vector(self, tag: int) -> list[int] | None:
        """Read one vector; None where a reset comes between."""
        clk, layer = self._dut.clk, self._layer
        order = [(plane, group) for plane in range(layer.input_bits) for group in range(layer.groups)]
        self._rng.shuffle(order)
        values = [0] * layer.inputs
        kept: tuple[int, int] | None = None
        while True:
            address = None if not order or next(self._stalls) else order.pop()
            self._read(address, done=not order)
            await ReadOnly()
            if self._dut.rst.value:
                await FallingEdge(clk)
                self._read(None)
                return None
            if kept is not None:
                # The bits of a read must stay while nothing else is read.
                self._gather(values, *kept)
                if address is None and not order:
                    await FallingEdge(clk)
                    return values
            if address is not None:
                assert bool(self._port("valid").value), "the vector went away before its last read"
                assert int(self._port("tag").value) == tag, "the tag changed before the last read"
                kept = address
                if not order:
                    self.last.append(cycle())
            await FallingEdge(clk)

    def _gather(self, values: list[int], plane: int, group: int) -> None:
        layer = self._layer
        for tile in range(layer.row_tiles):
            word = self._port(f"bits__{tile}").value
            for line in range(layer.rows_per_read):
                if group >= layer.driven_groups(tile, line):
                    assert self._undriven is None or int(word[line]) == self._undriven, f"tile {tile}, line {line}"
                else:
                    n = tile * layer.rows + group * layer.rows_per_read + line
                    # Lines without an input may be unknown, so bit by bit; the highest bit comes first.
                    bit = int(word[line])
                    values[n] = values[n] & ~(1 << plane) | bit << plane

    def _read(self, address: tuple[int, int] | None, *, done: bool = False) -> None:
        self._port("read").value = address is not None
        self._port("done").value = done
        if address is not None:
            self._port("plane").value, self._port("group").value = address

    def _port(self, member: str) -> Any:
        return self._dut[f"{self._name}__{member}"]
