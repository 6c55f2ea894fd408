"""Storage bits of a core by purpose."""

import dataclasses
from collections.abc import Callable, Mapping

from hdl.config import CoreConfig, Layer, NeuronKind
from hdl.neurons import waiting_planes
from hdl.results import Correction
from hdl.results.predictive import exponential_table
from hdl.rows import grouped_places
from hdl.streams import ClassStatistics, Preactivation, index_width

__all__ = ["NEURON_STORAGE", "NeuronStorage", "memory_bits", "register_bits"]

#: Least depth of a memory: one row would have a zero-width address.
_SHALLOWEST = 2

#: Entries of the queue of pre-activations.
_WAITING = 2

#: Passes in each queue of the softmax, and entries of those of maxima and of ends of passes.
_PASSES_OF_SOFTMAX, _PEAKS, _ENDS = 3, 4, 3


def memory_bits(config: CoreConfig) -> dict[str, int]:
    """Return the bits of all memories, including unused ones."""
    layers = config.layers
    planes = ((_storage(layer).planes(layer), layer.beat_outputs) for layer in config.hidden_layers)
    windows = [layer.window for layer in layers if layer.window is not None]
    weights = sum(
        layer.arrays * layer.group_rows * layer.cols_per_read * _places(layer, layer.array_groups) for layer in layers
    )
    thresholds = sum(
        layer.col_tiles * layer.cols_per_read * _storage(layer).rows(layer) for layer in config.hidden_layers
    )
    rows = sum(
        (each.kernel - 1) * each.source.channels * each.source.bits * max(_SHALLOWEST, each.source.width)
        for each in windows
    )
    pools = sum(
        layer.outputs * max(_SHALLOWEST, layer.map.width)
        for layer in layers
        if layer.map is not None and layer.pool > 1
    )
    moments = config.sum_width + config.square_width + config.pass_weight_width
    return {
        "weights": weights,
        "thresholds": thresholds,
        "planes of means": sum(waiting * outputs for waiting, outputs in planes),
        "images": _images(config),
        "rows of maps": rows,
        "halves of pools": pools,
        "counts of passes": _counts(config),
        # The queue holds one more, in a register.
        "weights of passes": config.stochastic.masks * config.pass_weight_width if config.passes_weighted else 0,
        "skips": sum((config.skip_depth(layer) - 1) * layer.outputs for layer in layers if layer.skip is not None),
        "outputs": config.network.classes * (Correction(config).size + moments) + _WAITING * Preactivation(config).size,
        "probabilities": _probabilities(config),
    }


def _probabilities(config: CoreConfig) -> int:
    """Return the bits of the memories of the predictive probabilities: tables, sums and queues."""
    measures, classes = config.measures, config.network.classes
    if measures is None:
        return 0
    weight = config.pass_weight_width if config.passes_weighted else 0
    # One entry of each queue is in a register.
    queues = (
        (_PASSES_OF_SOFTMAX * classes, measures.logit_width + measures.exponential_width + 1),
        (_PEAKS, measures.logit_width + 1 + weight),
        (_ENDS, 1 + weight),
        (classes, measures.probability_width + ClassStatistics(config).size),
    )
    return (
        sum((depth - 1) * width for depth, width in queues)
        + len(exponential_table(measures)) * measures.exponential_width
        + measures.surprise_max.bit_length() * 2**measures.probability_bits
        + (config.pass_weight_width + measures.probability_bits) * (2 << index_width(classes))
    )


def register_bits(config: CoreConfig) -> dict[str, int]:
    """Return the bits of the registers that hold activations between layers: windows, and flattened maps."""
    return {
        "windows": sum(layer.inputs * layer.input_bits for layer in config.layers if layer.window is not None),
        "vectors": sum(layer.inputs for layer in config.layers if layer.flattened is not None),
    }


@dataclasses.dataclass(frozen=True, kw_only=True)
class NeuronStorage:
    """Memories of one kind of neuron."""

    rows: Callable[[Layer], int]
    """Places for the rows of a column tile's neurons."""

    planes: Callable[[Layer], int]
    """Planes of all neurons that wait in a memory."""


def _places(layer: Layer, groups: int) -> int:
    """Return the words of a memory with ``groups`` of rows: one for each group of columns."""
    return max(_SHALLOWEST, grouped_places(groups, layer.column_folds))


def _lines_of_choices(layer: Layer) -> int:
    return layer.neuron_lines * _places(layer, layer.choices)


def _choices_of_lines(layer: Layer) -> int:
    return _places(layer, layer.choices << index_width(layer.neuron_lines))


def _none(_layer: Layer) -> int:
    return 0


def _waiting_for_mean(layer: Layer) -> int:
    # One of them waits in a register.
    return waiting_planes(layer) - 1


#: Memories by kind.
NEURON_STORAGE: Mapping[NeuronKind, NeuronStorage] = {
    NeuronKind.THRESHOLD: NeuronStorage(rows=_lines_of_choices, planes=_none),
    NeuronKind.DROPOUT: NeuronStorage(rows=_lines_of_choices, planes=_none),
    NeuronKind.SAMPLED: NeuronStorage(rows=_lines_of_choices, planes=_none),
    NeuronKind.MEAN: NeuronStorage(rows=_choices_of_lines, planes=_waiting_for_mean),
}


def _storage(layer: Layer) -> NeuronStorage:
    if layer.neuron_kind is None:
        raise ValueError(f"layer must have neurons, not {layer!r}")
    return NEURON_STORAGE[layer.neuron_kind]


def _images(config: CoreConfig) -> int:
    """Return the bits of two images, each padded to the range of its address."""
    first = config.layers[0]
    if first.window is not None:
        source = first.window.source
        return source.channels * source.bits * (2 << index_width(source.positions))
    return first.row_tiles * first.input_bits * first.rows_per_read * (2 << index_width(first.groups))


def _counts(config: CoreConfig) -> int:
    first = config.layers[0]
    return first.beat_outputs * first.count_width * first.beats if first.shared_by_passes and first.beats > 1 else 0
