"""The SRAM equivalent of the core.

Probability codes are compared with pseudo-random draws.
"""

from collections.abc import Mapping

from hdl.config import InputError

from .blocks import sampler, unit
from .logic import Lanes, Logic
from .shared_parts import accumulators, counting, logic_component, memories, neuron_banks, rest, wires
from .terms import Component, Core, Term
from .work import Work

__all__ = ["sram_core"]


def sram_core(
    work: Work, measured: Mapping[str, Lanes], blocks: Mapping[str, Logic], *, bits: int, generators: int
) -> Core:
    """Return the core with probability codes of ``bits`` bits in SRAM, and ``generators`` draws side by side for each
    word line of a read in each row tile, at most one for each output.

    Raises
    ------
    InputError
        There are no generators.
    """
    if generators < 1:
        raise InputError(f"generators must be at least 1, not {generators!r}")
    layers = work.layers
    bit_reads = bits * sum(each.weight_reads for each in layers)
    cells = bits * sum(each.cells for each in layers)
    lines = sum(each.layer.arrays * each.layer.rows for each in layers)
    swing = ("sram.bit_line_capacitance", "logic.supply", "sram.bit_line_swing")
    return Core(
        components=(
            Component(
                "cells",
                area=(Term(cells, ("sram.cell_area",)),),
                # A bit line is as long as its bank.
                energy=(Term(bits * sum(each.weight_reads * each.bank_rows for each in layers), swing),),
                power=(Term(cells, ("sram.cell_leakage",)),),
            ),
            Component(
                "word lines",
                area=(Term(lines, ("sram.word_line_area",)),),
                energy=(Term(bit_reads, ("sram.word_line_capacitance", "logic.supply", "logic.supply")),),
            ),
            Component(
                "sensing",
                area=(Term(bits * sum(each.sensed_columns for each in layers), ("sram.column_area",)),),
                energy=(Term(bit_reads, ("sram.column_energy",)),),
            ),
            _sampling(work, measured, bits, generators),
            counting(work, measured),
            accumulators(work, measured),
            neuron_banks(work, measured),
            memories(work),
            # The input bit and the bits of a draw run past all cells of their word line.
            Component("wires", energy=(wires((1 + bits) * (bit_reads / bits), ("sram.cell_width",), bits),)),
            rest(work, blocks),
        ),
        operations=work.operations,
        cycles=work.cycles,
        latency_cycles=work.latency_cycles,
        loading=(Term(bits * sum(each.layer.inputs * each.layer.outputs for each in layers), ("sram.write_energy",)),),
    )


def _sampling(work: Work, measured: Mapping[str, Lanes], bits: int, generators: int) -> Component:
    """Return comparators of codes with draws, and the registers that draw."""
    compare, register = measured[sampler(bits).key], measured[unit(work.config, bits).key]
    built, active = Logic(0, 0), Logic(0, 0)
    for each in work.layers:
        side_by_side = min(generators, each.layer.outputs)
        built += compare.lane * each.sensed_columns
        # The part of a comparison that all columns share is made from each draw.
        built += compare.shared * (each.layer.arrays * each.layer.rows_per_read * side_by_side)
        built += register.lane * (each.layer.row_tiles * each.layer.rows_per_read * side_by_side)
        active += compare.lane * each.weight_reads
        active += (compare.shared * each.layer.col_tiles + register.lane) * (each.line_reads * side_by_side)
    return logic_component("sampling", built, active, activity="logic.random_activity")
