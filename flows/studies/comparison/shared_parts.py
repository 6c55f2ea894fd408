"""Components of both cores.

Counting, accumulators, neurons, memories, and everything around them.
"""

from collections.abc import Mapping

from .blocks import accumulator, array, neurons
from .logic import Lanes, Logic
from .terms import Component, Term
from .work import Work

__all__ = ["accumulators", "counting", "logic_component", "memories", "neuron_banks", "rest", "wires"]

#: Cycles of a comparison besides those that compare: one reads the thresholds.
_READING = 1

#: Energy of flip-flops of which only a share is clocked.
_OFTEN_CLOCKED = ("logic.flip_flop_energy", "logic.clocked_share")


def logic_component(name: str, built: Logic, active: Logic, *, activity: str = "logic.activity") -> Component:
    """Return the component of ``built`` logic of which ``active`` is the number of gates and flip-flops times the
    clock cycles of an inference in which they work.
    """
    clocked = _OFTEN_CLOCKED if activity == "logic.control_activity" else ("logic.flip_flop_energy",)
    return Component(
        name,
        area=(
            Term(built.gates, ("logic.gate_area",), ("logic.utilisation",)),
            Term(built.flip_flops, ("logic.flip_flop_area",), ("logic.utilisation",)),
        ),
        energy=(
            Term(active.gates, (activity, "logic.gate_energy", "logic.layout_energy")),
            Term(active.flip_flops, clocked),
        ),
        # A flip-flop leaks as much as gates of its area.
        power=(
            Term(built.gates, ("logic.gate_leakage",)),
            Term(built.flip_flops, ("logic.gate_leakage", "logic.flip_flop_area"), ("logic.gate_area",)),
        ),
    )


def counting(work: Work, measured: Mapping[str, Lanes]) -> Component:
    """Return the digital logic of the arrays: registers, XNOR, popcount, access to rows."""
    built, active = Logic(0, 0), Logic(0, 0)
    for each in work.layers:
        lanes = measured[array(work.config, each.layer).key]
        built += lanes.at(each.layer.cols) * each.layer.arrays
        active += lanes.lane * each.column_reads + lanes.shared * each.array_reads
    return logic_component("counting", built, active)


def accumulators(work: Work, measured: Mapping[str, Lanes]) -> Component:
    """Return the accumulators: they add in each read."""
    built, active = Logic(0, 0), Logic(0, 0)
    for each in work.layers:
        logic = measured[accumulator(work.config, each.layer).key].at(each.layer.outputs)
        built += logic
        active += logic * each.reads
    return logic_component("accumulators", built, active)


def neuron_banks(work: Work, measured: Mapping[str, Lanes]) -> Component:
    """Return the neurons without the memory of their thresholds."""
    built, active = Logic(0, 0), Logic(0, 0)
    for each in work.layers:
        if each.compare_cycles:
            lanes = measured[neurons(work.config, each.layer).key]
            vectors = each.layer.vectors * each.passes
            built += lanes.at(each.layer.lanes)
            active += lanes.at(each.layer.outputs) * (vectors * (_READING + each.compare_cycles))
    return logic_component("neurons", built, active)


def rest(work: Work, blocks: Mapping[str, Logic]) -> Component:
    """Return control, buffers, outputs and ports. They are clocked all the time."""
    built = sum(blocks.values(), Logic(0, 0))
    return logic_component("control and ports", built, built * work.cycles, activity="logic.control_activity")


def memories(work: Work) -> Component:
    """Return thresholds, images and outputs, in SRAM in both cores."""
    thresholds = sum(
        each.layer.threshold_width * each.layer.outputs * each.layer.vectors * each.passes
        for each in work.layers
        if each.compare_cycles
    )
    first = work.layers[0]
    pixels = first.layer.inputs * first.sweeps
    return Component(
        "memories",
        area=(Term(work.memory_bits, ("sram.cell_area",), ("logic.utilisation",)),),
        energy=(Term(thresholds + pixels, ("sram.column_energy",)),),
        power=(Term(work.memory_bits, ("sram.cell_leakage",)),),
    )


def wires(lines: float, pitch: tuple[str, ...], width: float) -> Term:
    """Return the energy of wires that run over the columns: ``lines`` of them past ``width`` cells each."""
    return Term(lines * width, (*pitch, "logic.wire_energy", "logic.wire_activity"))
