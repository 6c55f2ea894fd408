"""Least cycles of each block."""

from hdl.config import CoreConfig

from .crossbar import vector_pair_cycles
from .neurons import neuron_cycles
from .predictive import predictive_cycles
from .statistics import SUMMING
from .window_buffer import moves

__all__ = ["stage_cycles"]


def stage_cycles(config: CoreConfig, passes: int) -> dict[str, int]:
    """Return the clock cycles of each block for one input if only the comparison makes it wait.

    Parameters
    ----------
    config
        Geometry and choices.
    passes
        Monte-Carlo passes T. Where weights are fixed, the first layer is computed once for all of them.

    Returns
    -------
    dict
        Cycles by the name of the block in :class:`hdl.core.Core`, pixels first. No core is faster than its slowest.
    """
    classes = config.network.classes
    found = {"pixels": config.beats_per_input}
    for layer in config.layers:
        times = 1 if layer.shared_by_passes else passes
        if layer.window is not None:
            found[f"window_buffer_{layer.index}"] = times * sum(map(len, moves(layer.window)))
        found[f"crossbar_{layer.index}"] = times * layer.vectors * vector_pair_cycles(config, layer, layer.reads) // 2
        if layer.shared_by_passes:
            found["repeater"] = passes * (layer.beats + config.stochastic.mask_steps)
        if layer in config.hidden_layers:
            found[f"neuron_{layer.index}"] = passes * neuron_cycles(config, layer)
    found["statistics"] = (passes + 1) * classes + SUMMING - 1
    if config.measures is not None:
        found["predictive"] = predictive_cycles(config.measures, passes)
    return found
