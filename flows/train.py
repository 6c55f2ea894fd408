"""The step from a configuration to a checkpoint."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import torch

from golden.checkpoint import from_bytes, to_bytes
from golden.data import load
from golden.training import TrainingState
from golden.training import train as train_network
from hdl.config import CoreConfig, InputError

from .files import read, write_atomically
from .products import Products

__all__ = ["train"]

#: Products of a layer and a batch below which threads wait for one another for longer than they work.
_WORTH_THREADS = 1 << 22


def train(
    products: Products,
    *,
    data: Path | None = None,
    seed: int | None = None,
    restart: bool = False,
    on_epoch: Callable[[TrainingState], None],
) -> TrainingState:
    """Train the network, or go on where an interrupted training stopped; return the final state.

    The checkpoint is written after every epoch.

    Parameters
    ----------
    products
        Where the checkpoint is.
    data
        Directory of the data set, where it does not ship with a package.
    seed
        Seed of training, by default that of the configuration.
    restart
        Whether to forget the checkpoint.
    on_epoch
        Called with the state after every epoch.

    Raises
    ------
    InputError
        The data set is missing, or there is a checkpoint that cannot be gone on from.
    """
    config = products.config
    state = None
    if products.checkpoint.exists() and not restart:
        content = read(products.checkpoint, f"bayescim train {config.name}")
        try:
            state = from_bytes(content, config, source=str(products.checkpoint))
        except InputError as error:
            raise InputError(f"{error} (--restart begins anew)") from None
    dataset = load(config, data)

    def keep(state: TrainingState) -> None:
        write_atomically(products.checkpoint, to_bytes(state))
        on_epoch(state)

    seed = config.training.seed if seed is None else seed
    try:
        with _threads(config):
            return train_network(config, dataset, seed=seed, state=state, on_epoch=keep)
    except InputError as error:
        raise InputError(f"{error} (--restart begins anew)" if state is not None else str(error)) from None


@contextlib.contextmanager
def _threads(config: CoreConfig) -> Iterator[None]:
    """Train a small network on one thread: on a busy machine, two are ten times slower."""
    products = config.training.batch_size * max(layer.inputs * layer.outputs for layer in config.layers)
    before = torch.get_num_threads()
    if products < _WORTH_THREADS:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
