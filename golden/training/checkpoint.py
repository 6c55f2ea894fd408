"""Checkpoints as bytes that cannot execute code."""

import torch
from pydantic import ValidationError
from safetensors import SafetensorError
from safetensors.torch import load, save

from hdl.config import CoreConfig, InputError

from .network import Network
from .training import TrainingState

__all__ = ["from_bytes", "to_bytes"]

_PARAMETER, _OPTIMIZER = "network.", "optimizer."


def to_bytes(state: TrainingState) -> bytes:
    """Return ``state`` as the contents of a safetensors file; the same state gives the same bytes."""
    return save(
        {
            "config": _text(state.config.model_dump_json()),
            "seed": torch.tensor(state.seed),
            "losses": torch.tensor(state.losses, dtype=torch.float64),
            "accuracies": torch.tensor(state.accuracies, dtype=torch.float64),
            "generator": state.generator,
            **{_PARAMETER + name: value.contiguous() for name, value in state.parameters.items()},
            **{_OPTIMIZER + name: value.contiguous() for name, value in state.optimizer.items()},
        }
    )


def from_bytes(content: bytes, config: CoreConfig | None = None, *, source: str = "checkpoint") -> TrainingState:
    """Read a checkpoint that :func:`to_bytes` made.

    Parameters
    ----------
    content
        The whole file.
    config
        Configuration that the checkpoint must be for, the section `training` aside; without it, any.
    source
        Name of the file in an error.

    Raises
    ------
    InputError
        The content is truncated or no checkpoint, is for another configuration, lacks a tensor, or has
        one that is of the wrong shape or not finite.
    """
    try:
        tensors = load(content)
    except SafetensorError:
        raise InputError(
            f"{source}: must be a whole checkpoint (safetensors), not a damaged or truncated one"
        ) from None
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise InputError(f"{source}: {name} must be finite, not {tensor[~torch.isfinite(tensor)][0].item()!r}")
    stored = _config(_take(tensors, "config", source), source)
    if config is not None and stored.hash != config.hash:
        raise InputError(
            f"{source}: config_hash must be {config.hash[:12]}… of configuration {config.name!r}, "
            f"not {stored.hash[:12]}…: train again, or give the configuration it was made from"
        )
    expected = _expected(stored, epochs=_take(tensors, "losses", source).numel())
    for name, like in expected.items():
        found = _take(tensors, name, source)
        if found.shape != like.shape or found.dtype != like.dtype:
            raise InputError(
                f"{source}: {name} must be {like.dtype} of shape {tuple(like.shape)}, "
                f"not {found.dtype} of shape {tuple(found.shape)}"
            )
    for name in tensors.keys() - expected.keys() - {"config"}:
        raise InputError(f"{source}: {name} is not known")
    return TrainingState(
        config=stored,
        seed=int(tensors["seed"]),
        losses=tuple(tensors["losses"].tolist()),
        accuracies=tuple(tensors["accuracies"].tolist()),
        parameters=_named(tensors, _PARAMETER),
        optimizer=_named(tensors, _OPTIMIZER),
        generator=tensors["generator"],
    )


def _expected(config: CoreConfig, *, epochs: int) -> dict[str, torch.Tensor]:
    """Return tensors of the shapes and types that a checkpoint for ``config`` has, by name, without `config`."""
    network = Network(config)
    real, curve = torch.tensor(0.0), torch.zeros(epochs, dtype=torch.float64)
    expected = {_PARAMETER + name: value for name, value in network.state_dict().items()}
    for name, parameter in network.named_parameters():
        prefix = f"{_OPTIMIZER}{name}."
        expected |= {prefix + "step": real, prefix + "exp_avg": parameter, prefix + "exp_avg_sq": parameter}
    expected |= {"seed": torch.tensor(0), "losses": curve, "accuracies": curve}
    return expected | {"generator": torch.Generator().get_state()}


def _text(text: str) -> torch.Tensor:
    return torch.tensor(list(text.encode()), dtype=torch.uint8)


def _config(stored: torch.Tensor, source: str) -> CoreConfig:
    try:
        return CoreConfig.model_validate_json(bytes(stored.flatten().tolist()))
    except (ValidationError, ValueError, TypeError):
        raise InputError(
            f"{source}: config must be a valid configuration, not {stored.dtype} of {stored.numel()}"
        ) from None


def _take(tensors: dict[str, torch.Tensor], name: str, source: str) -> torch.Tensor:
    if name not in tensors:
        raise InputError(f"{source}: {name} is missing")
    return tensors[name]


def _named(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
