"""Consistency of the sections of a configuration."""

from .core_sections import CoreSections
from .layer import Layer
from .schemes.sampled_weights import SampledWeightsConfig

__all__ = ["check_consistency"]

#: Mask bits of which all values can be counted.
_MOST_MASK_BITS = 6

#: Bits of a field of a beat that a driver takes apart in 64-bit integers.
_WIDEST = 63

#: Bits of a reciprocal's numerator: golden holds its products in 64 bits.
_RECIPROCAL_BITS = 60

#: Bits of a register.
_WORD = 32

#: Cells of all arrays: those of VGG times 16. Training needs 16 bytes for each.
_MOST_CELLS = 2**28

#: Values of a map, arrays of a layer, and stochastic units: what a memory of golden, the address of a row, and the
#: search of their seeds have room for.
_MOST_VALUES, _MOST_ARRAYS, _MOST_UNITS = 2**24, 2**16, 2**16


def check_consistency(config: CoreSections) -> None:
    """Check the constraints that span sections.

    Raises
    ------
    ValueError
        Sections contradict each other; the line names a field of one of them.
    """
    _check_sizes(config)
    _check_room(config)
    config.bayes.scheme.check(config.bayes, config.random, config.layers)
    _check_units(config)
    if config.passes_weighted:
        _check_prefix(config)
    if config.random.source == "external" and any(layer.local is not None for layer in config.layers):
        raise ValueError(f"random.source must be 'lfsr' for method {config.bayes.method!r}, not 'external'")
    _check_self_test(config)
    _check_macro(config)
    _check_columns(config)


def _check_sizes(config: CoreSections) -> None:
    network, hidden = config.network, len(config.network.convolutions) + len(config.network.hidden)
    if config.array.folding and len(config.array.folding) != hidden + 1:
        raise ValueError(f"array.folding must have {hidden + 1} values or none, not {len(config.array.folding)}")
    if config.array.column_folding and len(config.array.column_folding) != hidden + 1:
        raise ValueError(
            f"array.column_folding must have {hidden + 1} values or none, not {len(config.array.column_folding)}"
        )
    whole, name = config.rows_per_read[0], "array.rows_per_read"
    if network.convolutions:
        whole, name = network.windows[0].source.channels, "the channels of network.image"
    if whole % config.ports.pixels_per_beat:
        raise ValueError(f"ports.pixels_per_beat must divide {name} ({whole}), not {config.ports.pixels_per_beat}")
    if network.image is None and (config.training.mirror or config.training.shift):
        name = "mirror" if config.training.mirror else "shift"
        raise ValueError(f"training.{name} must be omitted without network.image")
    if config.measures is not None and config.measures.reciprocal_bits > _RECIPROCAL_BITS:
        bits = _RECIPROCAL_BITS // 2 - config.measures.guard_bits
        raise ValueError(
            f"predictive.probability_bits must be at most {bits} for {network.classes} classes, "
            f"not {config.measures.probability_bits}"
        )


def _check_room(config: CoreSections) -> None:
    """Reject what no core has room for, before anything grows with it."""
    network, array = config.network, config.array
    for index, found in enumerate(network.maps):
        whole = network.windows[index]
        if whole.positions * found.channels > _MOST_VALUES:
            raise ValueError(
                f"network.convolutions.{index}.channels must be at most {_MOST_VALUES // whole.positions} for a map "
                f"of {whole.height} × {whole.width}, not {found.channels}"
            )
    cells = 0
    for layer in config.layers:
        outputs = _outputs(config, layer)
        if layer.arrays > _MOST_ARRAYS:
            raise ValueError(
                f"array.rows and array.cols must be large enough for at most {_MOST_ARRAYS} arrays of a layer, not "
                f"{array.rows} and {array.cols}: {outputs}, {layer.outputs}, needs {layer.arrays}"
            )
        if layer.inputs * layer.outputs * layer.sets > _MOST_CELLS:
            raise ValueError(
                f"{outputs} must be small enough for {_MOST_CELLS} weights of a layer with {layer.inputs} inputs, "
                f"not {layer.outputs}"
            )
        cells += layer.arrays * array.rows * array.cols * layer.sets * layer.weight_bits
        if cells > _MOST_CELLS:
            raise ValueError(
                f"array.rows and array.cols must be small enough for {_MOST_CELLS} bits of weights in all arrays, not "
                f"{array.rows} and {array.cols}: with {outputs}, {layer.outputs}, there are {cells}"
            )


def _outputs(config: CoreSections, layer: Layer) -> str:
    """Return the field that has the outputs of ``layer``."""
    convolutions, hidden = len(config.network.convolutions), len(config.network.hidden)
    if layer.index < convolutions:
        return f"network.convolutions.{layer.index}.channels"
    dense = layer.index - convolutions
    return f"network.hidden.{dense}" if dense < hidden else "network.classes"


def _check_units(config: CoreSections) -> None:
    units = config.stochastic.units
    if units > _MOST_UNITS:
        field = "bayes.generators" if isinstance(config.bayes, SampledWeightsConfig) else "random.units"
        value = config.bayes.generators if isinstance(config.bayes, SampledWeightsConfig) else config.random.units
        raise ValueError(
            f"{field} must be small enough for {_MOST_UNITS} stochastic units, not {value}: there are {units}"
        )


def _check_prefix(config: CoreSections) -> None:
    """Reject configurations that the order by prefixes has no hardware for."""
    bits = config.stochastic.mask_width
    if not bits or any(layer.sets > 1 for layer in config.layers):
        raise ValueError(
            f"bayes.order must be 'plain' for method {config.bayes.method!r}, whose masks do not choose among "
            f"thresholds, not {config.bayes.order!r}"
        )
    if config.network.convolutions:
        raise ValueError(f"bayes.order must be 'plain' with convolutions, not {config.bayes.order!r}")
    if bits > _MOST_MASK_BITS:
        raise ValueError(
            f"bayes.order must be 'plain' for more than {_MOST_MASK_BITS} mask bits, not {config.bayes.order!r} for "
            f"{bits}"
        )
    if config.square_width > _WIDEST:
        raise ValueError(
            f"random.draw_bits must be small enough for sums of {_WIDEST} bits, not {config.random.draw_bits}"
        )


def _check_columns(config: CoreSections) -> None:
    """Reject columns sensed in groups where there is no hardware for them."""
    name = "column_folding" if config.array.column_folding else "cols_per_read"
    for columns in config.cols_per_read:
        if columns == config.array.cols:
            continue
        if config.macro is not None:
            raise ValueError(f"array.{name} must be {config.array.cols} or omitted with macros, not {columns}")
        if config.passes_weighted:
            raise ValueError(
                f"array.{name} must be {config.array.cols} or omitted where bayes.order is 'prefix', not {columns}"
            )


def _check_macro(config: CoreSections) -> None:
    if config.macro is None:
        return
    bayes = config.bayes
    if not isinstance(bayes, SampledWeightsConfig):
        raise ValueError(f"macro must be omitted for method {bayes.method!r}, whose weights its cells do not draw")
    if bayes.sampling != "read":
        raise ValueError(f"bayes.sampling must be 'read' with macros, not {bayes.sampling!r}")
    if bayes.generators != 1:
        raise ValueError(f"bayes.generators must be 1 with macros, not {bayes.generators}")
    highest = 2**bayes.weight_bits - 1
    if config.macro.tolerance >= highest:
        raise ValueError(f"macro.tolerance must be less than {highest}, not {config.macro.tolerance}")


def _check_self_test(config: CoreSections) -> None:
    if config.self_test is None:
        return
    scheme, watched = config.bayes.scheme, len(config.stochastic.watched)
    if not scheme.stochastic:
        raise ValueError("self_test must be omitted where nothing is drawn")
    if not watched:
        method = config.bayes.method
        raise ValueError(f"self_test must be omitted for method {method!r}, whose draws have no drop codes")
    if watched > _WORD:
        raise ValueError(f"self_test must be for at most {_WORD} stochastic units, not {watched}")
    if config.stochastic.deviation_width > _WORD:
        most = config.self_test.window_bits - (config.stochastic.deviation_width - _WORD)
        raise ValueError(f"self_test.window_bits must be at most {most}, not {config.self_test.window_bits}")
    if config.self_test.bound > config.self_test.window:
        raise ValueError(f"self_test.bound must be at most {config.self_test.window}, not {config.self_test.bound}")
