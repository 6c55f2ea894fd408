"""Step from a configuration to a checkpoint."""

from collections.abc import Callable
from pathlib import Path

from golden.data import load
from golden.training import TrainingState, from_bytes, to_bytes
from golden.training import train as train_network
from hdl.config import InputError

from ..base.files import read, write_atomically
from ..base.pictures import to_svg
from ..base.products import Products
from ..base.provenance import input_of, provenance
from .training_curve import draw_training
from .training_record import TrainingRecord

__all__ = ["train"]


def train(
    products: Products,
    *,
    data: Path | None = None,
    seed: int | None = None,
    restart: bool = False,
    on_epoch: Callable[[TrainingState], None],
) -> TrainingState:
    """Train the network, or continue an interrupted training; return the final state.

    The checkpoint is written after every epoch, and the course of training at the end, in numbers and as a picture.

    Parameters
    ----------
    products
        Location of the checkpoint.
    data
        Directory of the data set, if it does not come with a package.
    seed
        Seed of training, by default that of the configuration.
    restart
        Whether to ignore the checkpoint.
    on_epoch
        Called with the state after every epoch.

    Raises
    ------
    InputError
        The data set is missing, or there is a checkpoint that training cannot continue from.
    """
    config = products.config
    state = None
    if products.checkpoint.exists() and not restart:
        content = read(products.checkpoint, products.made_by("train"))
        try:
            state = from_bytes(content, config, source=str(products.checkpoint))
        except InputError as error:
            raise InputError(f"{error} (--restart begins anew)") from None
    dataset = load(config, data)

    def keep(state: TrainingState) -> None:
        write_atomically(products.checkpoint, to_bytes(state), resumes=True)
        on_epoch(state)

    seed = config.training.seed if seed is None else seed
    try:
        final = train_network(config, dataset, seed=seed, state=state, on_epoch=keep)
    except InputError as error:
        raise InputError(f"{error} (--restart begins anew)" if state is not None else str(error)) from None
    _tell(products, final, dataset.digest)
    return final


def _tell(products: Products, state: TrainingState, data: str | None) -> None:
    """Write how training went."""
    content = read(products.checkpoint, products.made_by("train"))
    told = {
        "provenance": provenance(
            products.config, {"checkpoint": input_of(products.directory, products.checkpoint, content)}, data=data
        ),
        "training": products.config.training.model_dump(),
        "seed": state.seed,
        "losses": state.losses,
        "accuracies": state.accuracies,
    }
    TrainingRecord.of(told).write(products.training)
    write_atomically(products.training_curve, to_svg(draw_training(state)))
