"""Bits that a core stores, by what they are for."""

from hdl.config import CoreConfig, Layer
from hdl.neurons.inverted_normalization import waiting_planes
from hdl.results.logit_scaler import Correction
from hdl.streams.layouts import Preactivation, index_width

__all__ = ["memory_bits", "register_bits"]

#: No memory is shallower: one row would have an address of no bits.
_SHALLOWEST = 2

#: Entries of the queue of pre-activations.
_WAITING = 2


def memory_bits(config: CoreConfig) -> dict[str, int]:
    """Return the bits of all memories, the unused ones among them."""
    layers, cols = config.layers, config.array.cols
    windows = [layer.window for layer in layers if layer.window is not None]
    weights = sum(layer.arrays * layer.group_rows * cols * max(_SHALLOWEST, layer.array_groups) for layer in layers)
    thresholds = sum(layer.col_tiles * cols * _neuron_rows(config, layer) for layer in config.hidden_layers)
    rows = sum(
        (each.kernel - 1) * each.source.channels * each.source.bits * max(_SHALLOWEST, each.source.width)
        for each in windows
    )
    pools = sum(
        layer.outputs * max(_SHALLOWEST, layer.map.width)
        for layer in layers
        if layer.map is not None and layer.pool > 1
    )
    moments = config.sum_width + config.square_width + config.weight_width
    return {
        "weights": weights,
        "thresholds": thresholds,
        "planes of means": _planes(config),
        "images": _images(config),
        "rows of maps": rows,
        "halves of pools": pools,
        "counts of passes": _counts(config),
        # The queue holds one more, in a register.
        "weights of passes": config.masks * config.weight_width if config.weighted else 0,
        "skips": sum((config.skip_depth(layer) - 1) * layer.outputs for layer in layers if layer.skip is not None),
        "outputs": config.network.classes * (Correction(config).size + moments) + _WAITING * Preactivation(config).size,
    }


def register_bits(config: CoreConfig) -> dict[str, int]:
    """Return the bits of the registers that hold activations between layers: windows, and maps taken as one vector."""
    return {
        "windows": sum(layer.inputs * layer.input_bits for layer in config.layers if layer.window is not None),
        "vectors": sum(layer.inputs for layer in config.layers if layer.flattened is not None),
    }


def _neuron_rows(config: CoreConfig, layer: Layer) -> int:
    """Return the places for rows of a column tile's neurons."""
    if config.bayes.scheme.normalizes:
        return layer.choices << index_width(layer.neuron_lines)
    return layer.neuron_lines * max(_SHALLOWEST, layer.choices)


def _planes(config: CoreConfig) -> int:
    """Return the bits of planes that wait for their mean; one of them waits in a register."""
    layers = config.hidden_layers if config.bayes.scheme.normalizes else ()
    return sum((waiting_planes(layer) - 1) * layer.outputs for layer in layers)


def _images(config: CoreConfig) -> int:
    """Return the bits of two images, each with as many places as its address has."""
    first = config.layers[0]
    if first.window is not None:
        source = first.window.source
        return source.channels * source.bits * (2 << index_width(source.positions))
    return first.row_tiles * first.input_bits * first.rows_per_read * (2 << index_width(first.groups))


def _counts(config: CoreConfig) -> int:
    first = config.layers[0]
    return first.outputs * first.count_width * first.vectors if first.once and first.vectors > 1 else 0
