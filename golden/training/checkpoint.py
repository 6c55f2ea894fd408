"""Checkpoints as bytes that cannot execute code."""

import torch
from pydantic import ValidationError

from hdl.config import CoreConfig, InputError

from .network import Network
from .sealing import seal, unseal
from .training import TrainingState

__all__ = ["from_bytes", "to_bytes"]

_PARAMETER, _OPTIMIZER = "network.", "optimizer."

#: Ends of the names of tensors that are not negative: squares, a variance and counts.
_NOT_NEGATIVE = (".exp_avg_sq", ".step", ".running_var", ".num_batches_tracked", "seed", "losses", "accuracies")

#: Largest number, far beyond what training finds: those of lowering are still finite.
_LARGEST = 1e12

#: Part of the names of logarithms, and the largest whose exponential is a float32, as is its reciprocal.
_LOGARITHM, _LARGEST_LOGARITHM = ".log_", 80.0


def to_bytes(state: TrainingState) -> bytes:
    """Return ``state`` as the contents of a safetensors file with its digest; the same state gives the same bytes."""
    return seal(
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
        The content is truncated, no checkpoint, or differs in any bit from what :func:`to_bytes` made; it is for
        another configuration, lacks a tensor, or has one that is of the wrong shape or out of range.
    """
    try:
        tensors = unseal(content)
    except ValueError:
        raise InputError(
            f"{source}: must be a whole checkpoint (safetensors), not a damaged or truncated one"
        ) from None
    for name, tensor in tensors.items():
        if tensor.is_floating_point():
            _check(f"{source}: {name}", tensor, torch.isfinite(tensor), "finite")
            most = _LARGEST_LOGARITHM if name.startswith(_PARAMETER) and _LOGARITHM in name else _LARGEST
            _check(f"{source}: {name}", tensor, tensor.abs() <= most, f"between {-most:g} and {most:g}")
    stored = _config(_take(tensors, "config", source), source)
    if config is not None and stored.hash != config.hash:
        raise InputError(
            f"{source}: config_hash must be {config.hash[:12]}… of configuration {config.name!r}, "
            f"not {stored.hash[:12]}…: train again, or give the configuration it was made from"
        )
    expected = _expected(Network(stored), epochs=_take(tensors, "losses", source).numel())
    for name, like in expected.items():
        found = _take(tensors, name, source)
        if found.shape != like.shape or found.dtype != like.dtype:
            raise InputError(
                f"{source}: {name} must be {like.dtype} of shape {tuple(like.shape)}, "
                f"not {found.dtype} of shape {tuple(found.shape)}"
            )
    for name in tensors.keys() - expected.keys() - {"config"}:
        raise InputError(f"{source}: {name} is not known")
    _check_ranges(stored, tensors, source)
    return TrainingState(
        config=stored,
        seed=int(tensors["seed"]),
        losses=tuple(tensors["losses"].tolist()),
        accuracies=tuple(tensors["accuracies"].tolist()),
        parameters=_named(tensors, _PARAMETER),
        optimizer=_named(tensors, _OPTIMIZER),
        generator=tensors["generator"],
    )


def _expected(network: Network, *, epochs: int) -> dict[str, torch.Tensor]:
    """Return tensors of the shapes and types that a checkpoint of ``network`` has, by name, without `config`."""
    real, curve = torch.tensor(0.0), torch.zeros(epochs, dtype=torch.float64)
    expected = {_PARAMETER + name: value for name, value in network.state_dict().items()}
    for name, parameter in network.named_parameters():
        prefix = f"{_OPTIMIZER}{name}."
        expected |= {prefix + "step": real, prefix + "exp_avg": parameter, prefix + "exp_avg_sq": parameter}
    expected |= {"seed": torch.tensor(0), "losses": curve, "accuracies": curve}
    return expected | {"generator": torch.Generator().get_state()}


def _check_ranges(config: CoreConfig, tensors: dict[str, torch.Tensor], source: str) -> None:
    """Check what shapes and types do not tell."""
    for name, tensor in tensors.items():
        if name.endswith(_NOT_NEGATIVE):
            _check(f"{source}: {name}", tensor, tensor >= 0, "at least 0")
    network, parameters = Network(config), _named(tensors, _PARAMETER)
    network.load_state_dict(parameters)
    network.clip()
    for name, clipped in network.state_dict().items():
        most = f"within the range of training, up to {float(clipped.abs().max()):g}" if clipped.numel() else ""
        _check(f"{source}: {_PARAMETER}{name}", parameters[name], clipped == parameters[name], most)
    try:
        torch.Generator().set_state(tensors["generator"])
    except RuntimeError:
        raise InputError(f"{source}: generator must be the state of a random generator, not other bytes") from None


def _check(name: str, tensor: torch.Tensor, right: torch.Tensor, wanted: str) -> None:
    if not right.all():
        raise InputError(f"{name} must be {wanted}, not {tensor[~right][0].item()!r}")


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
