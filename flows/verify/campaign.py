"""Mutants of a core's netlist: killed, proved equal, or neither."""

import hashlib
import time

import numpy as np
import numpy.typing as npt

from golden.data import random_program
from hdl.axi import AxiCore
from hdl.config import CoreConfig, InputError
from hdl.verilog import to_verilog

from ..base.console import OnProgress
from ..base.provenance import provenance
from ..base.yosys import Yosys
from ..engine.build import build_kernel, lower
from ..engine.mutation import Mutant, draw_mutants, kill
from ..engine.netlist import Netlist
from ..engine.proof import Prover, Verdict, find_invariants
from ..road.stimulus import Stimulus, use_everything
from .campaign_record import CampaignRecord, ToldMutant

__all__ = ["observed", "run_campaign"]

_Words = npt.NDArray[np.uint64]

#: Images of a round, before those with stalls.
_IMAGES = 12


def observed(outputs: dict[str, _Words]) -> _Words:
    """Return what somebody at the ports of a core may rely on: every output, data while their valid is 1."""
    valid = {name.removesuffix("valid"): words for name, words in outputs.items() if name.endswith("valid")}
    parts = []
    for name, words in outputs.items():
        data = not name.endswith(("ready", "valid"))
        mask = next((own for channel, own in valid.items() if data and name.startswith(channel)), None)
        parts.append(words if mask is None else words & mask)
    return np.concatenate(parts)


def run_campaign(
    config: CoreConfig, *, count: int, seed: int, rounds: int, limit: int, on_progress: OnProgress | None = None
) -> CampaignRecord:
    """Draw mutants of the core of ``config``, use all of them in every way of the contract, and prove the rest.

    Parameters
    ----------
    config
        Configuration of the core, whose memories are empty: each round loads a random Program through the port.
    count, seed
        Number of mutants and seed from which they and all stimuli are drawn.
    rounds
        Number of rounds, each with another Program and other stimuli.
    limit
        Milliseconds of each proof.
    on_progress
        Called with the number of finished rounds and proofs and their total.

    Raises
    ------
    InputError
        A number is out of range, or the core has no netlist that the engine knows.
    """
    for name, value in (("mutants", count), ("rounds", rounds), ("limit", limit)):
        if value < 1:
            raise InputError(f"{name} must be at least 1, not {value}")
    if config.macro is not None or config.stochastic.external:
        raise InputError(f"config must be of a core without macros and outside draws, not {config.name!r}")
    library = build_kernel()
    verilog = to_verilog(AxiCore(config, None), config.name)
    netlist = lower(verilog.encode(), config.name, "aclk", yosys=Yosys.find())
    mutants = draw_mutants(netlist, count, seed)
    total = rounds + len(mutants)
    seconds = {"record": 0.0, "simulate": 0.0, "prove": 0.0}
    left, cycles = list(mutants), 0
    seen: list[set[int]] = []
    for index in range(rounds):
        rng = np.random.default_rng((seed, index))
        begin = time.process_time()
        stimulus = Stimulus(library, netlist, rng, watch=not index)
        use_everything(stimulus, random_program(config, rng), _IMAGES, rng)
        recorded = time.process_time()
        rows = stimulus.rows
        cycles += len(rows)
        if not index:
            seen = stimulus.values_seen()
        first = kill(library, netlist, left, rows, observed)
        left = [each for each, cycle in zip(left, first, strict=True) if cycle < 0]
        seconds["record"] += recorded - begin
        seconds["simulate"] += time.process_time() - recorded
        if on_progress is not None:
            on_progress(index + 1, total)
    begin = time.process_time()
    words = [(each.q, frozenset(values)) for each, values in zip(netlist.flip_flops, seen, strict=True)]
    invariants = find_invariants(netlist, words, limit=limit)
    prover = Prover(netlist, invariants)
    equal = []
    for index, mutant in enumerate(mutants):
        if prover.prove(mutant, limit=limit) is Verdict.EQUAL:
            equal.append(mutant)
        if on_progress is not None:
            on_progress(rounds + index + 1, total)
    seconds["prove"] = time.process_time() - begin
    numbers, alive = {each.number for each in equal}, {each.number for each in left}
    undecided = [each for each in left if each.number not in numbers]
    contradictions = [each for each in equal if each.number not in alive]
    killed = len(mutants) - len(left)
    options = f"--mutants {count} --seed {seed} --rounds {rounds} --limit {limit}"
    return CampaignRecord(
        provenance=provenance(config),
        command=f"bayescim campaign {config.name} {options}",
        verilog=hashlib.sha256(verilog.encode()).hexdigest(),
        seed=seed,
        rounds=rounds,
        limit=limit,
        score=killed / max(1, killed + len(undecided)),
        mutants=len(mutants),
        killed=killed,
        equal=len(equal),
        undecided=[_told(netlist, each) for each in undecided],
        contradictions=[_told(netlist, each) for each in contradictions],
        cycles=cycles,
        invariants=len(invariants.words),
        seconds=seconds,
    )


def _told(netlist: Netlist, mutant: Mutant) -> ToldMutant:
    """Return a mutant for the reader, with a name of its net where it has one."""
    name = next((name for name, bits in netlist.names.items() if mutant.place.bit in bits.tolist()), None)
    return ToldMutant(number=mutant.number, kind=mutant.kind, cell=mutant.cell, port=mutant.port, net=name)
