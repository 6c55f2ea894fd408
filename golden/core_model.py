"""The model of a core, whichever its method is."""

import torch

from hdl.program import Program

from .integer import IntegerModel
from .sampled import SampledModel

__all__ = ["CoreModel", "core_model"]

#: What computes the logits of a core.
CoreModel = IntegerModel | SampledModel


def core_model(program: Program, device: str | torch.device = "cpu") -> CoreModel:
    """Return the exact model of the core that is loaded with ``program``, computing on ``device``."""
    drawn = any(layer.sampling is not None for layer in program.config.layers)
    return SampledModel(program, device) if drawn else IntegerModel(program, device)
