"""Recorded use of a core, cycle by cycle."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from driver.beats import pack_pixels, pixel_beat
from hdl.contract import Command, Program, Register, program_writes, seed_writes

from ..engine.machine import Machine
from ..engine.netlist import Netlist
from ..engine.program import compile_netlist

__all__ = ["Stimulus", "use_everything"]

_Bits = npt.NDArray[np.uint8]

#: Cycles without an answer after which the core is given up.
_PATIENCE = 100_000

#: Registers of the address space beyond the last of the contract that are accessed, too.
_BEYOND = 3
_STRIDE = 4

#: Widest word of flip-flops whose values are kept.
_WATCHED = 8

#: Random commands, and resets while the core works.
_ACCESSES = 64
_RESETS = 12


class Stimulus:
    """Inputs of a core in each cycle, and what the core does with them.

    Parameters
    ----------
    library
        Library of the kernel.
    netlist
        Core.
    rng
        Source of stalls.
    watch
        Whether the values of flip-flops are kept, for :meth:`values_seen`.
    """

    def __init__(self, library: Path, netlist: Netlist, rng: np.random.Generator, *, watch: bool = False):
        self.netlist, self._rng = netlist, rng
        self._machine = Machine(library, netlist, compile_netlist(netlist, varying=[]))
        self._machine.reset()
        self._places: dict[str, slice] = {}
        place = 0
        for name, bits in netlist.inputs.items():
            self._places[name] = slice(place, place + len(bits))
            place += len(bits)
        self._inputs = np.concatenate(list(netlist.inputs.values()))
        self._slots = {name: self._machine.program.slots[bits] for name, bits in netlist.outputs.items()}
        self._now = np.zeros(place, dtype=np.uint8)
        self._rows: list[_Bits] = []
        self._states = [self._machine.program.slots[each.q] for each in netlist.flip_flops] if watch else []
        self._seen: list[set[bytes]] = [set() for _ in self._states]
        #: Probability that a ready of the outputs is low in a cycle, and that a valid of the pixels is.
        self.stalls = 0.0
        self._queue: list[tuple[int, bool]] = []
        #: Number of beats that the streams of results and of logits gave.
        self.taken = {"m_axis": 0, "m_axis_logits": 0}

    @property
    def rows(self) -> _Bits:
        """Values of all inputs in each cycle, shape (cycles, bits)."""
        return np.array(self._rows)

    def values_seen(self) -> list[set[int]]:
        """Return all values that each word of flip-flops had."""
        return [
            {sum(1 << place for place, byte in enumerate(value) if byte & 1) for value in values}
            for values in self._seen
        ]

    def drive(self, name: str, value: int) -> None:
        """Set an input from now on."""
        place = self._places[name]
        self._now[place] = [value >> index & 1 for index in range(place.stop - place.start)]

    def seen(self, name: str) -> int:
        """Return an output in the current cycle."""
        return sum(1 << index for index, slot in enumerate(self._slots[name].tolist()) if self._machine.bytes[slot] & 1)

    def step(self, cycles: int = 1) -> None:
        """Let clock cycles pass."""
        for _ in range(cycles):
            self._evaluate()
            self._machine.edge()

    def reset(self) -> None:
        """Reset the core, and forget what was to be sent."""
        self._queue.clear()
        for name in ("s_axi_awvalid", "s_axi_wvalid", "s_axi_arvalid"):
            self.drive(name, 0)
        self.drive("aresetn", 0)
        self.drive("s_axi_bready", 1)
        self.drive("s_axi_rready", 1)
        self.step(2)
        self.drive("aresetn", 1)

    def write(self, address: int, value: int, strobe: int = 0xF, apart: int = 0) -> None:
        """Write a register, the data ``apart`` cycles after the address, or as much before where negative."""
        begin = len(self._rows) + max(0, -apart)
        self.drive("s_axi_awaddr", address)
        self.drive("s_axi_wdata", value)
        self.drive("s_axi_wstrb", strobe)
        data_from = begin + apart
        address_due = data_due = True
        for _ in range(_PATIENCE):
            now = len(self._rows)
            self.drive("s_axi_awvalid", int(address_due and now >= begin))
            self.drive("s_axi_wvalid", int(data_due and now >= data_from))
            self._evaluate()
            address_due &= not (self.seen("s_axi_awready") and now >= begin)
            data_due &= not (self.seen("s_axi_wready") and now >= data_from)
            answered = self.seen("s_axi_bvalid")
            self._machine.edge()
            if answered:
                self.drive("s_axi_awvalid", 0)
                self.drive("s_axi_wvalid", 0)
                return
        raise RuntimeError("the core did not answer a write")

    def read(self, address: int) -> int:
        """Read a register."""
        self.drive("s_axi_araddr", address)
        due = True
        for _ in range(_PATIENCE):
            self.drive("s_axi_arvalid", int(due))
            self._evaluate()
            due &= not self.seen("s_axi_arready")
            answered, value = self.seen("s_axi_rvalid"), self.seen("s_axi_rdata")
            self._machine.edge()
            if answered:
                self.drive("s_axi_arvalid", 0)
                return value
        raise RuntimeError("the core did not answer a read")

    def send(self, beats: Iterable[tuple[int, bool]]) -> None:
        """Offer beats of pixels, each with its `tlast`, from the next cycles on."""
        self._queue += list(beats)

    def finish(self, quiet: int = 400) -> None:
        """Let the core work until all beats are sent and it gives no more for ``quiet`` cycles."""
        silent = 0
        for _ in range(_PATIENCE):
            if silent > quiet:
                return
            before = dict(self.taken), len(self._queue)
            self.step()
            silent = silent + 1 if before == (self.taken, len(self._queue)) else 0
        raise RuntimeError("the core did not end")

    def _evaluate(self) -> None:
        offered = bool(self._queue) and self._rng.random() >= self.stalls
        self.drive("s_axis_tvalid", int(offered))
        if offered:
            data, last = self._queue[0]
            self.drive("s_axis_tdata", data)
            self.drive("s_axis_tlast", int(last))
        for stream in self.taken:
            self.drive(f"{stream}_tready", int(self._rng.random() >= self.stalls))
        self._machine.set(self._inputs, self._now)
        self._rows.append(self._now.copy())
        for slots, seen in zip(self._states, self._seen, strict=True):
            if len(slots) <= _WATCHED:
                seen.add(self._machine.bytes[slots].tobytes())
        self._machine.evaluate()
        if offered and self.seen("s_axis_tready"):
            self._queue.pop(0)
        for stream in self.taken:
            ready = self._now[self._places[f"{stream}_tready"]][0]
            self.taken[stream] += int(bool(ready) and bool(self.seen(f"{stream}_tvalid")))


def use_everything(
    stimulus: Stimulus, program: Program, images: int, rng: np.random.Generator, *, load: bool = True
) -> None:
    """Use a core in every way of its contract: registers, rows, images with and without stalls, and errors.

    Parameters
    ----------
    stimulus
        Where this is recorded.
    program
        Program of the core.
    images
        Number of random images.
    rng
        Source of images, values and stalls.
    load
        Whether the Program is loaded and verified through the register port.
    """
    config = program.config
    registers = [*Register, *range(max(Register) + _STRIDE, max(Register) + (_BEYOND + 1) * _STRIDE, _STRIDE)]

    def read_all() -> None:
        for register in registers:
            stimulus.read(register)

    stimulus.reset()
    read_all()
    stimulus.write(Register.CONTROL, 0)
    if load:
        for address, value in program_writes(program):
            stimulus.write(address, value)
    read_all()
    _send(stimulus, program, rng, images, passes=config.bayes.passes, stalls=0.0)
    for passes in dict.fromkeys((1, config.bayes.max_passes)):
        _send(stimulus, program, rng, max(1, images // 4), passes=passes, stalls=0.5)
    read_all()
    # Registers take values of all bits, at all distances of address and data.
    stimulus.write(Register.CONTROL, 0)
    for index, register in enumerate(registers * 2):
        if register in (Register.CONTROL, Register.COMMAND):
            continue
        value = int(rng.integers(0, 1 << 32)) >> int(rng.integers(0, 32))
        stimulus.write(register, value, strobe=0xF if index % 3 else int(rng.integers(0, 16)), apart=index % 5 - 2)
        stimulus.read(register)
    for command in Command:
        stimulus.write(Register.COMMAND, command)
        read_all()
    # Commands of any target and row, and accesses while the core works.
    for index in range(_ACCESSES):
        if index % (_ACCESSES // 4) == 0:
            _send(stimulus, program, rng, 2, passes=config.bayes.passes, stalls=0.3, wait=False)
        if index % (_ACCESSES // 4) == _ACCESSES // 8:
            stimulus.finish()
            stimulus.write(Register.CONTROL, 0)
        for register, highest in ((Register.TARGET, 2 * len(config.layers) + 2), (Register.ROW, 64)):
            stimulus.write(register, int(rng.integers(0, highest)))
        stimulus.write(Register.DATA, int(rng.integers(0, 1 << 32)))
        stimulus.write(Register.CLASS, int(rng.integers(0, 2 * config.network.classes)))
        stimulus.write(Register.COMMAND, int(rng.choice(list(Command))))
        read_all()
    # Resets at any time, after which the core is as new.
    for _ in range(_RESETS):
        if load:
            rows = list(program_writes(program))
            first = int(rng.integers(len(rows)))
            for address, value in rows[first : first + int(rng.integers(1, 40))]:
                stimulus.write(address, value)
        _send(stimulus, program, rng, 2, passes=config.bayes.passes, stalls=float(rng.random() / 2), wait=False)
        stimulus.step(int(rng.integers(1, 200)))
        stimulus.reset()
        _send(stimulus, program, rng, 1, passes=1, stalls=0.0)
    # Packets that are too short and too long.
    _send(stimulus, program, rng, 1, passes=1, stalls=0.2)
    beats = _beats(program, rng, 1)
    stimulus.send([*beats[: len(beats) // 2], (0, True)])
    stimulus.send([(data, False) for data, _ in beats] + beats)
    stimulus.finish()
    read_all()
    _send(stimulus, program, rng, 1, passes=1, stalls=0.2)
    stimulus.reset()
    read_all()


def _send(
    stimulus: Stimulus,
    program: Program,
    rng: np.random.Generator,
    images: int,
    *,
    passes: int,
    stalls: float,
    wait: bool = True,
) -> None:
    stimulus.write(Register.CONTROL, 0)
    stimulus.write(Register.STREAMS, 1)
    stimulus.write(Register.PASSES, passes)
    seeds = program.config.stochastic.seeds(int(rng.integers(1, 1 << min(program.config.random.lfsr_width, 32))))
    for address, value in seed_writes(seeds):
        stimulus.write(address, value)
    stimulus.write(Register.CONTROL, 1)
    stimulus.stalls = stalls
    stimulus.send(_beats(program, rng, images))
    if wait:
        stimulus.finish()
        stimulus.stalls = 0.0


def _beats(program: Program, rng: np.random.Generator, images: int) -> list[tuple[int, bool]]:
    """Return the beats of random images."""
    config = program.config
    shape = (images, config.network.inputs)
    pixels = rng.integers(0, config.layers[0].plane_gain, shape, dtype=np.uint8, endpoint=True)
    octets, count = pixel_beat(config).octets, config.beats_per_input
    beats = pack_pixels(pixels, config).reshape(-1, octets)
    return [(int.from_bytes(beat.tobytes(), "little"), (index + 1) % count == 0) for index, beat in enumerate(beats)]
