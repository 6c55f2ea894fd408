"""Images through cores with faults, each core in a lane."""

import concurrent.futures
import dataclasses
import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from driver.beats import logit_beat, pack_pixels, pixel_beat, result_beat
from hdl.contract import Program

from ..engine.forces import Fault, Masks, Place, force_nets
from ..engine.machine import Machine
from ..engine.netlist import Netlist
from ..engine.program import compile_netlist
from .batch import ENABLE, Stream, first_writes, prepare, stream

__all__ = ["Outcomes", "StuckNet", "run_faulty"]

#: Cycles in which no core gives or takes anything, after which those that are not done never will.
_PATIENCE = 5_000

_BYTE = 8
_WORD = 64


@dataclasses.dataclass(frozen=True)
class StuckNet:
    """Net that is a constant from the first image on."""

    bit: int
    """Bit of the netlist."""

    value: int
    """Constant."""


@dataclasses.dataclass(frozen=True)
class Outcomes:
    """Outcome of each fault."""

    stopped: npt.NDArray[np.bool_]
    """Whether results or logits are missing."""

    wrong: npt.NDArray[np.bool_]
    """Whether all are there, and one is another than without the fault."""

    cycles: int
    """Clock cycles of all machines."""

    prepare_seconds: float
    """Seconds until the first image."""

    seconds: float
    """Seconds of the simulation."""

    processor_seconds: float
    """Processor seconds of the simulation."""


def run_faulty(
    library: Path,
    netlist: Netlist,
    program: Program,
    pixels: npt.NDArray[np.integer],
    faults: Sequence[StuckNet],
    *,
    passes: int,
) -> Outcomes:
    """Run ``pixels`` through a core for each of ``faults``, all of which begin after the core is loaded and seeded.

    Beats after those that are expected are not looked at.

    Parameters
    ----------
    library
        Library of the kernel.
    netlist, program
        Core, and the Program in it.
    pixels
        Images.
    faults
        Faults.
    passes
        Passes of each image.

    Raises
    ------
    RuntimeError
        The core without a fault stops.
    """
    begin = time.perf_counter()
    loaded = prepare(library, netlist, None, first_writes(program, passes, exact=False))
    loaded.set(netlist.find(ENABLE), 1)
    # One lane is the core without a fault.
    machines = max(-(-len(faults) // (loaded.lanes - 1)), min(os.cpu_count() or 1, len(faults)))
    parts = np.array_split(np.arange(len(faults)), machines)
    runs = [_Run(library, loaded, [faults[index] for index in part]) for part in parts]
    prepared = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda run: run.outcomes(program, pixels, passes), runs))
    return Outcomes(
        stopped=np.concatenate([stopped for stopped, _, _ in found]),
        wrong=np.concatenate([wrong for _, wrong, _ in found]),
        cycles=sum(run.machine.cycle for run in runs),
        prepare_seconds=prepared - begin,
        seconds=time.perf_counter() - prepared,
        processor_seconds=sum(seconds for _, _, seconds in found),
    )


class _Run:
    """Machine with some of the faults."""

    def __init__(self, library: Path, loaded: Machine, faults: Sequence[StuckNet]):
        self.count = len(faults)
        forces = force_nets(loaded.netlist, [Place(bit=each.bit) for each in faults])
        inputs = forces.netlist.inputs
        names = [name for name in inputs if name.startswith("s_axis_t")]
        self.machine = Machine(
            library, forces.netlist, compile_netlist(forces.netlist, varying=[inputs[name] for name in names])
        )
        self.machine.copy_from(loaded)
        for name in ("m_axis_tready", "m_axis_logits_tready"):
            self.machine.set(inputs[name], 1)
        stuck = [Fault(lane=1 + index, place=index, kind=f"stuck-{each.value}") for index, each in enumerate(faults)]
        self.machine.force(Masks.of(self.machine.program, forces, stuck, self.machine.lanes))

    def outcomes(
        self, program: Program, pixels: npt.NDArray[np.integer], passes: int
    ) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], float]:
        """Return which cores stop, which are wrong, and the processor seconds."""
        begin = time.thread_time()
        config, machine = program.config, self.machine
        classes, words = config.network.classes, machine.lanes // _WORD
        beats = pack_pixels(pixels, config).reshape(-1, pixel_beat(config).octets)
        bits = np.unpackbits(beats, axis=1, bitorder="little").astype(bool)
        given = np.where(bits[:, :, None], ~np.uint64(0), np.zeros(words, dtype=np.uint64))
        buffers = (
            ("s_axis", given, config.beats_per_input),
            ("m_axis_logits", _empty(len(pixels) * passes * classes, logit_beat(config).octets, words), classes),
            ("m_axis", _empty(len(pixels) * classes, result_beat(config).octets, words), classes),
        )
        totals = [np.full(machine.lanes, len(buffer), dtype=np.int64) for _, buffer, _ in buffers]
        places = [np.zeros(machine.lanes + 1, dtype=np.int64) for _ in buffers]
        table = (Stream * len(buffers))(
            *(
                stream(machine, name, buffer, total, beats_of_packet, own)
                for (name, buffer, beats_of_packet), total, own in zip(buffers, totals, places, strict=True)
            )
        )
        # Some never end.
        machine.run(table, _PATIENCE)
        missing, differ = np.zeros((2, machine.lanes), dtype=bool)
        for (name, buffer, _), own in zip(buffers[1:], places[1:], strict=True):
            done = own[:-1] if own[-1] < 0 else np.full(machine.lanes, own[-1])
            if done[0] < len(buffer):
                raise RuntimeError(f"the core without a fault gave {done[0]} of {len(buffer)} beats of {name}")
            missing |= done < len(buffer)
            first = np.where(buffer[..., :1] & np.uint64(1), ~np.uint64(0), np.uint64(0))
            changed = np.bitwise_or.reduce((buffer ^ first).reshape(-1, words), axis=0)
            differ |= np.unpackbits(changed.view(np.uint8), bitorder="little").astype(bool)
        own_lanes = slice(1, 1 + self.count)
        return missing[own_lanes], (differ & ~missing)[own_lanes], time.thread_time() - begin


def _empty(beats: int, octets: int, words: int) -> npt.NDArray[np.uint64]:
    return np.zeros((beats, octets * _BYTE, words), dtype=np.uint64)
