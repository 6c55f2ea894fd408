"""The parts that several blocks are made of, as simulations."""

import dataclasses
from collections.abc import Callable, Mapping

from amaranth import unsigned

from hdl.config import CoreConfig, Layer
from hdl.contract.program import Program
from hdl.inputs.bank_pair import BankPair
from hdl.neurons.affine_transform import transformed_width
from hdl.neurons.mean_divider import MeanDivider
from hdl.neurons.serial_multiplier import SerialMultiplier
from hdl.neurons.threshold_rows import ThresholdRows
from hdl.passes.pass_counter import PassCounter
from hdl.streams.queue import StreamQueue
from hdl.streams.queued_branch import QueuedBranch

from .case import Case

__all__ = ["PART_BLOCKS", "part_blocks"]

#: Beats of a queue that takes one a cycle.
_DEPTH = 3


def part_blocks(config: CoreConfig) -> set[str]:
    """Return the names of the parts that a core has."""
    found = {"queue", "bank_pair", "threshold_rows"}
    affine = config.bayes.scheme.normalizes
    if not config.weighted:
        found.add("pass_counter")
    if affine:
        found |= {"mean_divider", "serial_multiplier"}
    if affine or any(layer.skip is not None for layer in config.layers):
        found.add("queued_branch")
    return found


def _queue(program: Program, _layer: Layer) -> Case:
    width = program.config.logits.width
    component = StreamQueue(unsigned(width), _DEPTH)
    values = {"width": width, "depth": _DEPTH, "latency": component.latency}
    return Case(block="queue", component=component, tests=11, values=values)


def _queued_branch(program: Program, layer: Layer) -> Case:
    width = layer.outputs
    component = QueuedBranch(program.config, width, _DEPTH)
    return Case(block="queued_branch", component=component, tests=28, config=program.config, values={"width": width})


def _pass_counter(program: Program, _layer: Layer) -> Case:
    return Case(block="pass_counter", component=PassCounter(program.config), tests=3, config=program.config)


def _bank_pair(_program: Program, _layer: Layer) -> Case:
    return Case(block="bank_pair", component=BankPair(), tests=9)


def _threshold_rows(program: Program, layer: Layer) -> Case:
    serial = program.config.bayes.scheme.normalizes
    case = Case.of_neurons("threshold_rows", ThresholdRows, 8, program, layer, contents=True, serial=serial)
    return dataclasses.replace(case, values={**case.values, "serial": serial})


def _mean_divider(program: Program, layer: Layer) -> Case:
    layer = program.config.hidden_layers[min(layer.index, len(program.config.hidden_layers) - 1)]
    width, divisor = transformed_width(layer), layer.outputs * layer.vectors
    component = MeanDivider(width, divisor)
    values = {"width": width, "divisor": divisor, "cycles": component.cycles}
    return Case(block="mean_divider", component=component, tests=3, values=values)


def _serial_multiplier(program: Program, layer: Layer) -> Case:
    layer = program.config.hidden_layers[min(layer.index, len(program.config.hidden_layers) - 1)]
    gain_width, lanes = layer.members[0].width, layer.outputs
    values = {"gain_width": gain_width, "lanes": lanes, "steps": transformed_width(layer)}
    return Case(block="serial_multiplier", component=SerialMultiplier(gain_width, lanes), tests=3, values=values)


#: As :data:`cocotb_tests.blocks.blocks.BLOCKS`.
PART_BLOCKS: Mapping[str, Callable[[Program, Layer], Case]] = {
    "queue": _queue,
    "queued_branch": _queued_branch,
    "pass_counter": _pass_counter,
    "bank_pair": _bank_pair,
    "threshold_rows": _threshold_rows,
    "mean_divider": _mean_divider,
    "serial_multiplier": _serial_multiplier,
}
