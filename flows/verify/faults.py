"""Stuck nets of a core under random images."""

import hashlib
import time

import numpy as np

from golden.data import random_program
from hdl.axi import AxiCore
from hdl.config import CoreConfig, InputError
from hdl.verilog import to_verilog

from ..base.bounds import LARGEST_SEED, MOST_INPUTS, check_integer, check_passes
from ..base.provenance import provenance
from ..base.yosys import Yosys
from ..engine.build import build_kernel, lower
from ..engine.netlist import Netlist
from ..road.faulty import StuckNet, run_faulty
from .faults_record import FaultsRecord

__all__ = ["draw_faults", "run_faults"]

#: Most faults.
_MOST_FAULTS = 10**5


def draw_faults(netlist: Netlist, count: int, rng: np.random.Generator) -> list[StuckNet]:
    """Return ``count`` different faults: a random output bit of a cell or flip-flop stuck at 0 or 1.

    Raises
    ------
    InputError
        There are not so many.
    """
    bits = np.concatenate([each.y for each in netlist.operations] + [each.q for each in netlist.flip_flops])
    if count > 2 * len(bits):
        raise InputError(f"faults must be at most the {2 * len(bits):,} that the netlist has, not {count}")
    drawn = rng.choice(2 * len(bits), count, replace=False)
    return [StuckNet(int(bits[index // 2]), int(index % 2)) for index in drawn.tolist()]


def run_faults(config: CoreConfig, *, count: int, seed: int, inputs: int, passes: int | None = None) -> FaultsRecord:
    """Draw faults of the core of ``config`` with a random Program, and run random images through all of them.

    Raises
    ------
    InputError
        A number is out of range, or the core has no netlist that the engine knows.
    """
    check_integer("faults", count, 1, _MOST_FAULTS)
    check_integer("inputs", inputs, 1, MOST_INPUTS)
    check_integer("seed", seed, 0, LARGEST_SEED)
    passes = check_passes(config, passes)
    if config.macro is not None or config.stochastic.external or config.passes_weighted:
        raise InputError(
            f"config must be of a core without macros, outside draws and weighted passes, not {config.name!r}"
        )
    begin = time.perf_counter()
    rng = np.random.default_rng(seed)
    program = random_program(config, rng)
    pixels = rng.integers(
        0, config.layers[0].plane_gain, (inputs, config.network.inputs), dtype=np.uint8, endpoint=True
    )
    verilog = to_verilog(AxiCore(config, program), config.name).encode()
    library = build_kernel()
    netlist = lower(verilog, config.name, "aclk", yosys=Yosys.find())
    built = time.perf_counter()
    found = run_faulty(library, netlist, program, pixels, draw_faults(netlist, count, rng), passes=passes)
    stopped, wrong = int(found.stopped.sum()), int(found.wrong.sum())
    options = f"--faults {count} --seed {seed} --inputs {inputs} --passes {passes}"
    return FaultsRecord(
        provenance=provenance(config),
        command=f"bayescim faults {config.name} {options}",
        verilog=hashlib.sha256(verilog).hexdigest(),
        seed=seed,
        inputs=inputs,
        passes=passes,
        faults=count,
        stopped=stopped,
        wrong=wrong,
        hidden=count - stopped - wrong,
        cycles=found.cycles,
        seconds={"build": built - begin, "prepare": found.prepare_seconds, "simulate": found.seconds},
        processor_seconds=found.processor_seconds,
    )
