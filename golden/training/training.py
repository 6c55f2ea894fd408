"""Training of a network."""

import contextlib
import dataclasses
import math
from collections.abc import Callable, Iterator

import torch
from torch import nn

from hdl.config import CoreConfig, InputError

from ..data import Dataset, image_shape
from .augmentation import shift
from .distortion import distort
from .network import Network
from .schemes import Neurons

__all__ = ["TrainingState", "train"]

# Number of seeds that a checkpoint can hold.
_SEEDS = 2**63
# Multiplications in a forward pass that justify a thread.
_PRODUCTS_PER_THREAD = 2**24
# Fraction of all steps in which the learning rate rises.
_WARM_UP = 0.1
# Learning rate of the parameters that a scheme calls slow, as a fraction of the normal one.
_SLOW_RATE = 0.05


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class TrainingState:
    """State of training after an epoch.

    Training continues from it, and it records all results.
    """

    config: CoreConfig
    """Configuration of the network."""

    seed: int
    """Seed of initial values, order of images, their augmentation and masks."""

    losses: tuple[float, ...]
    """Mean cross-entropy over the training images of each epoch done, in nats."""

    accuracies: tuple[float, ...]
    """Fraction of each epoch's training images that were classified correctly, each with one mask."""

    parameters: dict[str, torch.Tensor]
    """Parameters and statistics of the network, by name."""

    optimizer: dict[str, torch.Tensor]
    """Moments of Adam, named ``<parameter>.<moment>``; empty before the first step."""

    generator: torch.Tensor
    """State of the random generator, uint8."""

    @property
    def epoch(self) -> int:
        """Number of finished epochs."""
        return len(self.losses)

    @property
    def done(self) -> bool:
        """Whether all epochs are finished."""
        return self.epoch >= self.config.training.epochs

    @property
    def provenance(self) -> dict[str, str]:
        """Provenance of a Program lowered from this state."""
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
    and then a cosine down to 0; parameters that a scheme calls slow, such as scales, have a lower rate [reading].
    On the same machine and number of threads the same seed gives the same bits, whether training was
    interrupted after an epoch or not.

    Parameters
    ----------
    config
        Network, and in `training` the epochs, the batch size and the peak learning rate.
    dataset
        Training images; its test images are not used.
    seed
        Seed of initial values, order of images, their augmentation and masks.
    state
        State to continue from: one that ``on_epoch`` got or a checkpoint held.
    on_epoch
        Called with the state after every epoch.

    Returns
    -------
    The state after the last epoch.

    Raises
    ------
    InputError
        ``seed`` is negative or not less than 2^63, or ``state`` belongs to another configuration, another
        `training` section or another seed.
    """
    if not 0 <= seed < _SEEDS:
        raise InputError(f"training.seed must be between 0 and {_SEEDS - 1}, not {seed!r}")
    if config.training.distortion and math.prod(image_shape(config)) != config.network.inputs:
        raise InputError(f"training.distortion must be 0 for {config.network.inputs} inputs, which are no square image")
    if state is not None:
        _check(config, seed, state)
    network = Network(config, seed=seed)
    optimizer = _optimizer(network)
    generator = torch.Generator().manual_seed(seed)
    if state is None:
        state = _snapshot(network, optimizer, generator, seed=seed, losses=(), accuracies=())
    else:
        _restore(state, network, optimizer, generator)
    while not state.done:
        with _threads(config):
            loss, accuracy = _run_epoch(network, optimizer, generator, dataset, state.epoch)
        losses, accuracies = (*state.losses, loss), (*state.accuracies, accuracy)
        state = _snapshot(network, optimizer, generator, seed=seed, losses=losses, accuracies=accuracies)
        if on_epoch is not None:
            on_epoch(state)
    return state


@contextlib.contextmanager
def _threads(config: CoreConfig) -> Iterator[None]:
    """Limit PyTorch to the threads that a step keeps busy: idle ones spin, which is slow where cores are shared."""
    available = torch.get_num_threads()
    products = config.training.batch_size * sum(layer.vectors * layer.inputs * layer.outputs for layer in config.layers)
    torch.set_num_threads(max(1, min(available, products // _PRODUCTS_PER_THREAD)))
    try:
        yield
    finally:
        torch.set_num_threads(available)


def _optimizer(network: Network) -> torch.optim.Adam:
    neurons = [module for module in network.modules() if isinstance(module, Neurons)]
    slow = [parameter for each in neurons for parameter in each.slow]
    names = {id(parameter) for parameter in slow}
    others = [parameter for parameter in network.parameters() if id(parameter) not in names]
    groups = [{"params": others, "rate": 1.0}, {"params": slow, "rate": _SLOW_RATE}]
    return torch.optim.Adam(groups, fused=True)


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
            group["lr"] = training.learning_rate * _schedule(progress) * group["rate"]
        target = labels[batch]
        with torch.autocast("cpu", torch.bfloat16, enabled=training.precision == "bfloat16"):
            logits = network(_augment(pixels[batch], network.config, generator), generator=generator).float()
        loss = nn.functional.cross_entropy(logits, target)
        penalty = network.penalty()
        objective = loss if penalty is None else loss + penalty / len(pixels)
        optimizer.zero_grad()
        objective.backward()
        optimizer.step()
        network.clip()
        total += float(loss.detach()) * len(batch)
        correct += int((logits.detach().argmax(dim=1) == target).sum())
        seen += len(batch)
    return total / seen, correct / seen


def _augment(pixels: torch.Tensor, config: CoreConfig, generator: torch.Generator) -> torch.Tensor:
    """Return the images as augmented for this epoch."""
    training, image = config.training, config.network.image
    if image is not None:
        pixels = shift(pixels, image, most=training.shift, mirror=training.mirror, generator=generator)
    return distort(pixels, training.distortion, generator, image=image_shape(config))


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
    losses: tuple[float, ...],
    accuracies: tuple[float, ...],
) -> TrainingState:
    return TrainingState(
        config=network.config,
        seed=seed,
        losses=losses,
        accuracies=accuracies,
        parameters={name: value.clone() for name, value in network.state_dict().items()},
        optimizer={
            f"{name}.{moment}": value.clone()
            for name, parameter in network.named_parameters()
            for moment, value in optimizer.state[parameter].items()
        },
        generator=generator.get_state(),
    )


def _restore(state: TrainingState, network: Network, optimizer: torch.optim.Adam, generator: torch.Generator) -> None:
    network.load_state_dict(state.parameters)
    parameters = dict(network.named_parameters())
    for key, value in state.optimizer.items():
        name, moment = key.rsplit(".", 1)
        optimizer.state[parameters[name]][moment] = value.clone()
    generator.set_state(state.generator)


def _check(config: CoreConfig, seed: int, state: TrainingState) -> None:
    if state.config.hash != config.hash:
        raise InputError(
            f"configuration must be {state.config.hash[:12]}… as in the checkpoint, not {config.hash[:12]}…"
        )
    found = config.training.model_dump(exclude={"seed"})
    for name, wanted in state.config.training.model_dump(exclude={"seed"}).items():
        if wanted != found[name]:
            raise InputError(f"training.{name} must be {wanted!r} as in the checkpoint, not {found[name]!r}")
    if state.seed != seed:
        raise InputError(f"training.seed must be {state.seed} as in the checkpoint, not {seed!r}")
