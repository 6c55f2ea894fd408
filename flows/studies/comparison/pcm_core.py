"""The core with PCM cells, sampled by read noise."""

from collections.abc import Mapping

from hdl.config import InputError

from .logic import Lanes, Logic
from .shared_parts import accumulators, counting, memories, neuron_banks, rest, wires
from .terms import Component, Core, Term
from .work import LayerWork, Work

__all__ = ["pcm_core"]

#: Cells of a weight: one that is programmed to it, and one for noise.
_PAIR = 2

#: pJ in fJ.
_PICO = 1e3


def pcm_core(
    work: Work, measured: Mapping[str, Lanes], blocks: Mapping[str, Logic], *, adc_bits: int | None = None
) -> Core:
    """Return the PCM core.

    With a comparator for each column of each bank (no ``adc_bits``), the word lines of a read lie in different banks;
    the sampled bits are compared with the inputs and counted digitally. With converters of ``adc_bits``, the word lines
    are driven together, and each column's count comes out of a converter that some columns share; it has fewer bits
    where the counts need no more.

    Raises
    ------
    InputError
        ``adc_bits`` is no number of bits.
    """
    if adc_bits is not None and adc_bits not in range(1, 13):
        raise InputError(f"adc_bits must be between 1 and 12, not {adc_bits!r}")
    layers = work.layers
    weight_reads = sum(each.weight_reads for each in layers)
    cells, lines = sum(each.cells for each in layers), sum(each.layer.arrays * each.layer.rows for each in layers)
    word_lines = Component(
        "word lines",
        area=(Term(lines, ("pcm.word_line_area",)),),
        energy=(Term(_PAIR * weight_reads, ("pcm.word_line_capacitance", "logic.supply", "logic.supply")),),
    )
    sensing, read = _comparators(work) if adc_bits is None else _converters(work, adc_bits)
    slowest = max(each.reads for each in layers)
    return Core(
        components=(
            Component(
                "cells",
                area=(Term(_PAIR * cells, ("pcm.cell_area",)),),
                energy=(
                    Term(
                        _PAIR * weight_reads,
                        ("pcm.read_supply", "pcm.read_voltage", "pcm.conductance", "pcm.read_time"),
                    ),
                ),
            ),
            word_lines,
            sensing,
            _programming(work, banks=adc_bits is None),
            *((counting(work, measured),) if adc_bits is None else ()),
            accumulators(work, measured),
            neuron_banks(work, measured),
            memories(work),
            # An input bit runs past all pairs of its word line.
            Component("wires", energy=(wires(weight_reads, ("pcm.cell_width",), _PAIR),)),
            rest(work, blocks),
        ),
        operations=work.operations,
        cycles=work.cycles,
        latency_cycles=work.latency_cycles,
        reads=tuple(Term(slowest * term.count, term.times) for term in read),
        read=read,
        loading=(Term(_PICO * _PAIR * _weights(layers), ("pcm.pulses", "pcm.pulse_energy")),),
    )


def _comparators(work: Work) -> tuple[Component, tuple[Term, ...]]:
    """Return comparators, and the time of a read."""
    sensing = Component(
        "sensing",
        area=(Term(sum(each.sensed_columns for each in work.layers), ("sense.comparator_area",)),),
        energy=(Term(sum(each.weight_reads for each in work.layers), ("sense.comparator_energy",)),),
    )
    return sensing, (Term(1, ("pcm.read_time",)), Term(1, ("sense.comparator_time",)))


def _converters(work: Work, bits: int) -> tuple[Component, tuple[Term, ...]]:
    """Return converters, and the time of a read: columns that share one are read one after the other."""
    # No converter has more bits than there are counts.
    steps = [2 ** min(bits, each.layer.read_width) for each in work.layers]
    columns = sum(each.layer.arrays * each.layer.cols * count for each, count in zip(work.layers, steps, strict=True))
    conversions = sum(each.column_reads * count for each, count in zip(work.layers, steps, strict=True))
    sensing = Component(
        "sensing",
        area=(Term(columns, ("adc.step_area",), ("adc.columns",)),),
        energy=(Term(conversions, ("adc.step_energy",)),),
    )
    return sensing, (Term(1, ("adc.columns", "pcm.read_time")), Term(1, ("adc.columns", "adc.conversion_time")))


def _programming(work: Work, *, banks: bool) -> Component:
    """Return the components for programming: in each column of each bank, or of each array, and once in each array."""
    columns = sum(each.sensed_columns if banks else each.layer.arrays * each.layer.cols for each in work.layers)
    arrays = sum(each.layer.arrays for each in work.layers)
    return Component("programming", area=(Term(columns, ("pcm.column_area",)), Term(arrays, ("pcm.array_area",))))


def _weights(layers: tuple[LayerWork, ...]) -> int:
    return sum(each.layer.inputs * each.layer.outputs for each in layers)
