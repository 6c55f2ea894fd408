"""Simulation of a core with images as lanes of the bit-parallel engine."""

import concurrent.futures
import ctypes
import dataclasses
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from driver.beats import Beat, logit_beat, pack_pixels, pixel_beat, result_beat
from golden.draws import states_after
from golden.model import passes_of
from hdl.config import CoreConfig, InputError
from hdl.contract import Program, Register, seed_writes

from ..base.files import read_given
from ..base.yosys import Yosys
from ..engine.build import build_kernel, lower
from ..engine.machine import Machine
from ..engine.netlist import Bits, Netlist
from ..engine.program import compile_netlist
from ..engine.simplification import simplify
from .native import Simulation
from .native.preparation import loading_writes
from .native.simulation import bit_macs_per_input

__all__ = ["ENABLE", "Stream", "first_writes", "prepare", "simulate", "stream"]

#: Cycles without progress after which the core is given up.
_PATIENCE = 1_000_000

#: Random seeds from which the flip-flops of a seed are found.
_PROBES = 24

#: Register writes between two reports of progress.
_WRITES = 5_000

#: Flip-flop of the register `CONTROL` that enables the core.
ENABLE = "core.control.enable"

_BYTE = 8
_WORD = 64

_Words = npt.NDArray[np.uint64]


#: Mode and slot of a constant 1.
_ALWAYS = 3, 1


class _Registers(ctypes.Structure):
    """Slots of the register port, as in the kernel."""

    _fields_ = [
        (name, ctypes.c_int32)
        for name in (
            *("awaddr", "address_width", "awvalid", "wdata", "wstrb", "wvalid"),
            *("awready", "wready", "bvalid", "bresp_low", "bresp_high"),
        )
    ]


class Stream(ctypes.Structure):
    """Stream of the kernel."""

    _fields_ = [
        *(
            (name, ctypes.c_int32)
            for name in ("valid_mode", "valid", "ready_mode", "ready", "data_mode", "data", "last_mode", "last")
        ),
        *((name, ctypes.c_int64) for name in ("width", "beats_of_packet", "beats", "least")),
        *((name, ctypes.c_void_p) for name in ("buffer", "places", "totals")),
    ]


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Seeds:
    """Flip-flops that hold the state of each stochastic unit."""

    bits: Bits
    """Flip-flops by their outputs."""

    units: npt.NDArray[np.int64]
    """Unit of each."""

    places: npt.NDArray[np.int64]
    """Bit of its state."""


def simulate(
    program: Program,
    verilog: Path,
    pixels: npt.NDArray[np.integer],
    *,
    passes: int | None = None,
    exact: bool = False,
    load: bool = False,
    workers: int | None = None,
    on_loading: Callable[[int, int], None] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Simulation:
    """Run ``pixels`` through the generated core, many images at once.

    Each lane takes a part of the data one image after the other, and its random sequence begins where that of the
    preceding lane ends: results are those of one core that takes all images.

    Parameters
    ----------
    program, verilog, pixels, passes, exact, load
        As in :func:`flows.road.native.simulate`.
    workers
        Machines side by side, by default one per processor as far as there are images for their lanes.
    on_loading, on_progress
        Called with the number of finished register writes, or inputs, and their total.

    Raises
    ------
    InputError
        The netlist cannot be made, or the configuration has an input that the engine does not drive.
    RuntimeError
        The core refused an access, or stopped.
    """
    config = program.config
    passes = passes or config.bayes.passes
    if config.macro is not None:
        raise InputError("engine must be 'verilator' for a core with macros, not 'lanes'")
    if config.stochastic.external:
        raise InputError(f"engine must be 'verilator' where random.source is {config.random.source!r}, not 'lanes'")
    begin = time.perf_counter()
    text = read_given("verilog", verilog)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        # Two compilers, neither of which waits for the other.
        kernel = pool.submit(build_kernel)
        netlist = lower(text, config.name, "aclk", yosys=Yosys.find())
        library = kernel.result()
    built = time.perf_counter()

    count = len(pixels)
    writes = first_writes(program, passes, exact=exact)
    units = len(states_after(program, 0))
    prepared = prepare(library, netlist, loading_writes(program) if load else None, writes, on_loading)
    seeds = _find_seeds(prepared, units, config.random.lfsr_width)
    running = _running(prepared, seeds)
    own = [running.inputs["s_axis_tdata"], seeds.bits]
    parallel = compile_netlist(running, varying=own)
    if parallel.varying[running.outputs["s_axis_tready"]].any():
        # Lanes may take their inputs at different times.
        offered = [running.inputs[name] for name in ("s_axis_tvalid", "s_axis_tlast")]
        parallel = compile_netlist(running, varying=[*own, *offered])
    lanes = prepared.lanes
    machines = max(1, min(workers or os.cpu_count() or 1, -(-count // lanes)))
    inputs = -(-count // (lanes * machines))
    padded = np.zeros((inputs * lanes * machines, pixels.shape[1]), dtype=pixels.dtype)
    padded[:count] = pixels
    weights = None
    if config.passes_weighted:
        weights = passes_of(program, len(padded), passes=passes, exact=exact).weights.numpy()
    loaded = time.perf_counter()

    def run(index: int) -> tuple[npt.NDArray[np.int64], dict[str, npt.NDArray[np.int64]], int]:
        machine = Machine(library, running, parallel)
        machine.copy_from(prepared)
        first = index * lanes * inputs
        _seed(machine, program, seeds, [(first + lane * inputs) * passes for lane in range(lanes)])
        part = slice(first, first + lanes * inputs)
        return _run(machine, config, padded[part], passes, None if weights is None else weights[part])

    found = []
    with concurrent.futures.ThreadPoolExecutor(machines) as pool:
        for index, each in enumerate(pool.map(run, range(machines))):
            found.append(each)
            if on_progress is not None:
                on_progress(min(count, (index + 1) * inputs * lanes), count)
    return Simulation(
        logits=np.concatenate([logits for logits, _, _ in found])[:count],
        results={name: np.concatenate([results[name] for _, results, _ in found])[:count] for name in found[0][1]},
        # Lanes without an input do not count.
        cycles=sum(cycles for _, _, cycles in found) * count // (machines * inputs),
        build_seconds=built - begin,
        loading_seconds=loaded - built,
        seconds=time.perf_counter() - loaded,
        workers=machines,
        weights=None if weights is None else weights[:count],
        bit_macs=count * bit_macs_per_input(config, passes),
    )


def first_writes(program: Program, passes: int, *, exact: bool) -> npt.NDArray[np.uint32]:
    """Return the register writes before a run, the first of which is before the loading."""
    writes = [(Register.CONTROL, 0), (Register.STREAMS, 1), (Register.PASSES, passes)]
    if program.config.passes_weighted:
        writes.append((Register.EXACT, int(exact)))
    return np.array(writes, dtype=np.uint32)


def prepare(
    library: Path,
    netlist: Netlist,
    loading: npt.NDArray[np.uint32] | None,
    writes: npt.NDArray[np.uint32],
    on_loading: Callable[[int, int], None] | None = None,
) -> Machine:
    """Return a machine whose lanes are alike, after reset, with a loaded core."""
    machine = Machine(library, netlist, compile_netlist(netlist, varying=[]))
    machine.reset()
    for bits in netlist.inputs.values():
        machine.set(bits, 0)
    machine.set(netlist.inputs["s_axi_bready"], 1)
    machine.evaluate()
    machine.edge()
    machine.set(netlist.inputs["aresetn"], 1)
    _write(machine, writes[:1])
    loading = np.empty((0, 2), dtype=np.uint32) if loading is None else loading
    for first in range(0, len(loading), _WRITES):
        _write(machine, loading[first : first + _WRITES])
        if on_loading is not None:
            on_loading(min(first + _WRITES, len(loading)), len(loading))
    _write(machine, writes[1:])
    return machine


def _write(machine: Machine, writes: npt.NDArray[np.uint32]) -> None:
    program, netlist = machine.program, machine.netlist
    differing = [
        name
        for name, bits in netlist.outputs.items()
        if name.startswith("s_axi_") and "ready" in name and program.varying[bits].any()
    ]
    if differing:
        raise RuntimeError(f"lanes differ in {', '.join(differing)} of the register port")
    outputs = {name: [int(slot) for slot in program.slots[bits]] for name, bits in netlist.outputs.items()}
    inputs = {name: int(program.slots[bits[0]]) for name, bits in netlist.inputs.items()}
    ports = _Registers(
        **{name: inputs[f"s_axi_{name}"] for name in ("awaddr", "awvalid", "wdata", "wstrb", "wvalid")},
        **{name: outputs[f"s_axi_{name}"][0] for name in ("awready", "wready", "bvalid")},
        address_width=len(netlist.inputs["s_axi_awaddr"]),
        bresp_low=outputs["s_axi_bresp"][0],
        bresp_high=outputs["s_axi_bresp"][1],
    )
    refused = machine.write(ports, writes, _PATIENCE)
    if refused is not None:
        register, value = writes[refused].tolist()
        raise RuntimeError(f"the core refused to write register {register:#x} ({value:#x})")


def _find_seeds(machine: Machine, units: int, width: int) -> _Seeds:
    """Find the flip-flops that hold the state of the stochastic units, by loading known states.

    The machine afterwards holds the last of these states, and its register port is as after any other write.
    """
    netlist = machine.netlist
    states = np.concatenate([each.q for each in netlist.flip_flops])
    generator = np.random.default_rng(units)
    given = generator.integers(0, 2, (_PROBES, units, width), dtype=np.uint8)
    # No register may be seeded with 0.
    given[:, :, 0] |= ~given.any(axis=2)
    found = np.empty((_PROBES, len(states)), dtype=np.uint8)
    for probe, values in enumerate(given):
        words = [int("".join(map(str, bits[::-1])), 2) for bits in values.tolist()]
        # Nothing of the seeds is left in the registers, nor in what keeps the last of these.
        neutral = [(Register.SEED_LOW, 1), (Register.SEED_HIGH, 0)] * 2
        _write(machine, np.array([*seed_writes(words), *neutral], dtype=np.uint32))
        found[probe] = machine.bytes[machine.program.slots[states]] & 1
    changed = np.flatnonzero((found != found[0]).any(axis=0))
    signatures = {bits.tobytes(): place for place, bits in enumerate(given.reshape(_PROBES, -1).T)}
    if len(signatures) < units * width:
        raise RuntimeError("random seeds do not tell their bits apart")
    places = [signatures.get(found[:, place].tobytes(), -1) for place in changed]
    if -1 in places:
        unknown = states[changed[places.index(-1)]]
        name = next((name for name, bits in netlist.names.items() if unknown in bits), "?")
        raise RuntimeError(f"flip-flop {name} depends on the seeds in another way than by holding a bit")
    numbers = np.array(places, dtype=np.int64)
    return _Seeds(bits=states[changed], units=numbers // width, places=numbers % width)


def _running(prepared: Machine, seeds: _Seeds) -> Netlist:
    """Return the netlist of the core while it is enabled and its registers are left alone."""
    netlist = prepared.netlist
    enable = netlist.find(ENABLE)
    if not any(enable[0] in each.q for each in netlist.flip_flops):
        raise InputError(f"verilog must have the flip-flop {ENABLE}, and has another net of that name")
    prepared.set(enable, 1)
    streamed = ("s_axis_tdata", "s_axis_tvalid", "s_axis_tlast")
    inputs = {name: 0 for name in netlist.inputs if name not in streamed}
    inputs |= dict.fromkeys(("aresetn", "s_axi_bready", "m_axis_tready", "m_axis_logits_tready"), 1)
    state = np.zeros(netlist.bits, dtype=np.uint8)
    for each in netlist.flip_flops:
        state[each.q] = prepared.bytes[prepared.program.slots[each.q]] & 1
    return simplify(netlist, inputs, state, seeds.bits)


def _seed(machine: Machine, program: Program, seeds: _Seeds, first_passes: list[int]) -> None:
    """Give each lane the random state that a core has after that many passes."""
    states = np.array([states_after(program, each) for each in first_passes], dtype=np.uint64)
    if not len(seeds.bits):
        return
    bits = (states[:, seeds.units] >> seeds.places.astype(np.uint64) & np.uint64(1)).astype(np.uint8)
    machine.set_lanes(seeds.bits, _words(bits.T))


def _words(bits: npt.NDArray[np.uint8]) -> _Words:
    """Return bits of shape (…, lanes) as words of shape (…, parts)."""
    return np.ascontiguousarray(np.packbits(bits, axis=-1, bitorder="little")).view(np.uint64)


def _run(
    machine: Machine,
    config: CoreConfig,
    pixels: npt.NDArray[np.integer],
    passes: int,
    weights: npt.NDArray[np.int64] | None,
) -> tuple[npt.NDArray[np.int64], dict[str, npt.NDArray[np.int64]], int]:
    """Run the inputs of all lanes, those of a lane one after the other, and return logits, results and cycles."""
    lanes, parts = machine.lanes, machine.lanes // _WORD
    inputs, classes = len(pixels) // lanes, config.network.classes
    pixel, logit, result = pixel_beat(config), logit_beat(config), result_beat(config)
    weighed = np.ones((len(pixels), passes), dtype=np.int64) if weights is None else weights
    sent = (weighed > 0).reshape(lanes, inputs, -1)

    given = np.zeros((inputs * config.beats_per_input, pixel.octets * _BYTE, parts), dtype=np.uint64)
    packets = pack_pixels(pixels, config).reshape(lanes, inputs * config.beats_per_input, pixel.octets)
    for beat in range(given.shape[0]):
        given[beat] = _words(np.unpackbits(packets[:, beat], axis=1, bitorder="little").T)
    logit_totals = sent.sum(axis=(1, 2), dtype=np.int64) * classes
    result_totals = np.full(lanes, inputs * classes, dtype=np.int64)
    pixel_totals = np.full(lanes, len(given), dtype=np.int64)
    logits = np.zeros((int(logit_totals.max()), logit.octets * _BYTE, parts), dtype=np.uint64)
    results = np.zeros((inputs * classes, result.octets * _BYTE, parts), dtype=np.uint64)
    streams = (
        ("s_axis", given, pixel_totals, config.beats_per_input),
        ("m_axis_logits", logits, logit_totals, classes),
        ("m_axis", results, result_totals, classes),
    )
    kept = [np.zeros(lanes + 1, dtype=np.int64) for _ in streams]
    table = (Stream * len(streams))(
        *(stream(machine, *each, places) for each, places in zip(streams, kept, strict=True))
    )
    begin = machine.cycle
    if machine.run(table, _PATIENCE):
        raise RuntimeError(f"the core made no progress for {_PATIENCE} cycles")
    cycles = machine.cycle - begin
    found = dict(_members(results, result))
    labels = np.tile(np.arange(classes), inputs)[:, None]
    if (found["index"] != labels).any():
        raise RuntimeError("the core labelled a result with another class than its place says")
    shaped = {
        name: values.reshape(inputs, classes, lanes).transpose(2, 0, 1).reshape(-1, classes)
        for name, values in found.items()
    }
    return _logits(dict(_members(logits, logit)), weighed, sent, classes), shaped, cycles


def _logits(
    members: dict[str, npt.NDArray[np.int64]],
    weighed: npt.NDArray[np.int64],
    sent: npt.NDArray[np.bool_],
    classes: int,
) -> npt.NDArray[np.int64]:
    """Return logits of shape (inputs, passes, classes), 0 for passes that were not sent."""
    lanes, inputs, passes = sent.shape
    last = sent & (np.cumsum(sent[:, :, ::-1], axis=2)[:, :, ::-1] == 1)
    values = np.zeros((lanes, inputs, passes, classes), dtype=np.int64)
    for lane, own in enumerate(sent):
        count = int(own.sum()) * classes
        beats = {name: each[:count, lane].reshape(-1, classes) for name, each in members.items()}
        if (beats["index"] != np.arange(classes)).any() or (beats["last"] != last[lane][own][:, None]).any():
            raise RuntimeError("the core labelled a logit with another class or pass than its place says")
        weights = weighed.reshape(sent.shape)[lane][own]
        if "weight" in beats and (beats["weight"] != weights[:, None]).any():
            raise RuntimeError("the core gave a pass another weight than its place says")
        values[lane][own] = beats["value"]
    return values.reshape(-1, passes, classes)


def stream(
    machine: Machine,
    name: str,
    buffer: _Words,
    totals: npt.NDArray[np.int64],
    beats_of_packet: int,
    places: npt.NDArray[np.int64],
) -> Stream:
    """Return the stream ``name`` of a machine for the kernel.

    Parameters
    ----------
    machine
        Machine.
    name
        Prefix of its ports.
    buffer
        Words of the beats, shape (beats, bits, parts).
    totals
        Beats of each lane.
    beats_of_packet
        Beats of a packet.
    places
        Where each lane is, and where all are while they are together.
    """
    netlist, outputs = machine.netlist, machine.program.outputs

    def port(suffix: str) -> tuple[int, int]:
        full = f"{name}_{suffix}"
        if full in outputs:
            return outputs[full]
        if full not in netlist.inputs:
            return _ALWAYS
        bits = netlist.inputs[full]
        varying = bool(machine.program.varying[bits].all())
        modes = (0 if len(bits) > 1 else 1) if varying else (2 if len(bits) > 1 else 3)
        return modes, int(machine.program.slots[bits[0]])

    (valid_mode, valid), (ready_mode, ready) = port("tvalid"), port("tready")
    (data_mode, data), (last_mode, last) = port("tdata"), port("tlast")
    return Stream(
        valid_mode=valid_mode,
        valid=valid,
        ready_mode=ready_mode,
        ready=ready,
        data_mode=data_mode,
        data=data,
        last_mode=last_mode,
        last=last,
        width=buffer.shape[1],
        beats_of_packet=beats_of_packet,
        beats=len(buffer),
        least=int(totals.min()),
        buffer=buffer.ctypes.data,
        places=places.ctypes.data,
        totals=totals.ctypes.data,
    )


def _members(buffer: _Words, beat: Beat) -> Iterator[tuple[str, npt.NDArray[np.int64]]]:
    """Yield name and values, shape (beats, lanes), of the members of beats."""
    bits = np.unpackbits(buffer.view(np.uint8), axis=2, bitorder="little")
    for field in beat.fields:
        values = np.zeros((bits.shape[0], bits.shape[2]), dtype=np.int64)
        for place in range(field.width):
            weight = -(1 << place) if field.signed and place == field.width - 1 else 1 << place
            values += bits[:, field.offset + place].astype(np.int64) * weight
        yield field.name, values
