"""What the neurons of a layer pass on, layer by layer and sharing nothing."""

from collections.abc import Mapping

from torch import Tensor

from hdl.config import Layer
from hdl.contract.program import Integers

from ..common.windows import largest
from ..neurons.kinds import arithmetic_of

__all__ = ["pass_on"]


def pass_on(layer: Layer, neurons: Mapping[str, Integers], counts: Tensor, drawn: Tensor | None) -> Tensor:
    """Return the activations of hidden ``layer``, uint8, as :class:`golden.model.Trace` has them: pooled.

    Parameters
    ----------
    layer, neurons
        The layer, and the integers of its neurons.
    counts
        P, int64 of shape (batch, outputs), of a convolution (batch, positions, outputs).
    drawn
        What was drawn, as :meth:`golden.neurons.Arithmetic.fire` takes it.
    """
    positions = counts.view(-1, layer.vectors, layer.outputs)
    fired = arithmetic_of(layer).fire(layer, neurons, positions, drawn)
    if layer.window is None:
        return fired.squeeze(1)
    maps = fired.view(-1, layer.window.height, layer.window.width, layer.outputs)
    return largest(maps, layer.pool).flatten(start_dim=1, end_dim=2)
