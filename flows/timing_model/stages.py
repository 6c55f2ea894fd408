"""What each block needs at least."""

from hdl.config import CoreConfig, Layer

from .neuron import compare_cycles
from .statistics import SUMMING
from .window_buffer import moves

__all__ = ["stage_cycles", "still_cycles"]


def still_cycles(config: CoreConfig, layer: Layer) -> int:
    """Return the cycles per vector in which the arrays of a layer stand still, while its counts are compared.

    The counts of the first layer go into memory, and those of the last one into a shift register.
    """
    return compare_cycles(layer) if layer.index and layer in config.hidden_layers else 0


def stage_cycles(config: CoreConfig, passes: int) -> dict[str, int]:
    """Return the clock cycles that each block needs for one input if it waits for nothing but the comparison.

    Parameters
    ----------
    config
        Geometry and choices.
    passes
        Monte-Carlo passes T. The first layer is computed once for all of them.

    Returns
    -------
    dict
        Cycles by the name of the block in :class:`hdl.core.Core`, pixels first. No core is faster than its slowest.
    """
    first, classes = config.layers[0], config.network.classes
    found = {"pixels": config.beats_per_input}
    for layer in config.layers:
        times = passes if layer.index else 1
        if layer.window is not None:
            found[f"window_buffer_{layer.index}"] = times * sum(map(len, moves(layer.window)))
        found[f"crossbar_{layer.index}"] = times * layer.vectors * (layer.reads + still_cycles(config, layer))
        if layer is first:
            found["repeater"] = passes * (layer.vectors + config.mask_width)
        if layer in config.hidden_layers:
            found[f"neuron_{layer.index}"] = passes * layer.vectors * (1 + compare_cycles(layer))
    found["statistics"] = (passes + 1) * classes + SUMMING - 1
    return found
