"""Training."""

import dataclasses
import math
from collections.abc import Callable

import torch
from torch import nn

from hdl.config import CoreConfig, InputError

from .data import Dataset
from .network import Network

__all__ = ["TrainingState", "train"]

_LABEL_SMOOTHING = 0.0
_WARM_UP = 0.1
_FLOOR = 0.0


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class TrainingState:
    """Everything that training goes on from after an epoch, and all that is known when it is done."""

    config: CoreConfig
    """Configuration of the network."""

    seed: int
    """Seed of initial values, order of images and masks."""

    epoch: int
    """Epochs done."""

    loss: float
    """Mean cross-entropy over the last epoch's training images, in nats."""

    accuracy: float
    """Fraction of the last epoch's training images that were classified correctly, each with one mask."""

    parameters: dict[str, torch.Tensor]
    """Parameters and statistics of the network, by name."""

    optimizer: dict[str, torch.Tensor]
    """Moments of Adam, named ``<index of parameter>.<moment>``."""

    generator: torch.Tensor
    """State of the random generator, uint8."""

    @property
    def done(self) -> bool:
        """Whether all epochs are done."""
        return self.epoch >= self.config.training.epochs

    @property
    def provenance(self) -> dict[str, str]:
        """What a Program lowered from this state keeps of it."""
        return {"training_seed": str(self.seed), "training_epochs": str(self.epoch)}

    def network(self) -> Network:
        """Return the network, in evaluation mode."""
        network = Network(self.config, seed=self.seed)
        network.load_state_dict(self.parameters)
        return network.eval()


def train(
    config: CoreConfig,
    dataset: Dataset,
    *,
    seed: int,
    state: TrainingState | None = None,
    on_epoch: Callable[[TrainingState], None] | None = None,
) -> TrainingState:
    """Train the network of ``config`` on the training images of ``dataset``.

    Adam on the cross-entropy, one mask per image and step, latent weights clipped to [−1, 1], a linear warm-up
    and then a cosine down to 0. On the same machine and number of threads the same seed gives the same
    bits, whether training was interrupted after an epoch or not.

    Parameters
    ----------
    config
        Network, and in `training` the epochs, the batch size and the peak learning rate.
    dataset
        Its test images are not looked at.
    seed
        Seed of initial values, order of images and masks.
    state
        Where to go on from: a state that ``on_epoch`` got or a checkpoint held.
    on_epoch
        Called with the state after every epoch.

    Returns
    -------
    The state after the last epoch.

    Raises
    ------
    InputError
        ``state`` belongs to another configuration, another `training` section or another seed.
    """
    if state is not None:
        _check(config, seed, state)
    network = Network(config, seed=seed)
    optimizer = torch.optim.Adam(network.parameters(), fused=True)
    generator = torch.Generator().manual_seed(seed)
    if state is None:
        state = _snapshot(network, optimizer, generator, seed=seed, epoch=0, loss=math.nan, accuracy=math.nan)
    else:
        _restore(state, network, optimizer, generator)
    while not state.done:
        loss, accuracy = _run_epoch(network, optimizer, generator, dataset, state.epoch)
        state = _snapshot(network, optimizer, generator, seed=seed, epoch=state.epoch + 1, loss=loss, accuracy=accuracy)
        if on_epoch is not None:
            on_epoch(state)
    return state


def _run_epoch(
    network: Network, optimizer: torch.optim.Adam, generator: torch.Generator, dataset: Dataset, epoch: int
) -> tuple[float, float]:
    """Visit every training image once; return mean loss and accuracy."""
    training = network.config.training
    pixels, labels = dataset.train_pixels, dataset.train_labels
    batches = torch.randperm(len(pixels), generator=generator).split(training.batch_size)
    if len(batches) > 1 and len(batches[-1]) < training.batch_size:
        batches = batches[:-1]
    network.train()
    total, correct, seen = 0.0, 0, 0
    for index, batch in enumerate(batches):
        progress = (epoch + index / len(batches)) / training.epochs
        for group in optimizer.param_groups:
            group["lr"] = training.learning_rate * _schedule(progress)
        target = labels[batch]
        logits = network(pixels[batch], generator=generator)
        loss = nn.functional.cross_entropy(logits, target, label_smoothing=_LABEL_SMOOTHING)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        network.clip()
        total += float(loss.detach()) * len(batch)
        correct += int((logits.detach().argmax(dim=1) == target).sum())
        seen += len(batch)
    return total / seen, correct / seen


def _schedule(progress: float) -> float:
    """Return the learning rate, as a fraction of its peak, after the fraction ``progress`` of all steps."""
    if progress < _WARM_UP:
        return progress / _WARM_UP
    return (1 + math.cos(math.pi * (progress - _WARM_UP) / (1 - _WARM_UP))) / 2


def _snapshot(
    network: Network,
    optimizer: torch.optim.Adam,
    generator: torch.Generator,
    *,
    seed: int,
    epoch: int,
    loss: float,
    accuracy: float,
) -> TrainingState:
    moments = optimizer.state_dict()["state"]
    return TrainingState(
        config=network.config,
        seed=seed,
        epoch=epoch,
        loss=loss,
        accuracy=accuracy,
        parameters={name: value.clone() for name, value in network.state_dict().items()},
        optimizer={
            f"{index}.{name}": value.clone() for index, named in moments.items() for name, value in named.items()
        },
        generator=generator.get_state(),
    )


def _restore(state: TrainingState, network: Network, optimizer: torch.optim.Adam, generator: torch.Generator) -> None:
    moments: dict[int, dict[str, torch.Tensor]] = {}
    for key, value in state.optimizer.items():
        index, name = key.split(".")
        moments.setdefault(int(index), {})[name] = value.clone()
    network.load_state_dict(state.parameters)
    optimizer.load_state_dict({**optimizer.state_dict(), "state": moments})
    generator.set_state(state.generator)


def _check(config: CoreConfig, seed: int, state: TrainingState) -> None:
    if state.config.hash != config.hash:
        raise InputError(
            f"configuration must be {state.config.hash[:12]}… as in the checkpoint, not {config.hash[:12]}…"
        )
    for name in ("epochs", "batch_size", "learning_rate"):
        wanted, found = getattr(state.config.training, name), getattr(config.training, name)
        if wanted != found:
            raise InputError(f"training.{name} must be {wanted} as in the checkpoint, not {found!r}")
    if state.seed != seed:
        raise InputError(f"training.seed must be {state.seed} as in the checkpoint, not {seed!r}")
