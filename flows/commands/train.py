"""``bayescim train``."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..base.arguments import ConfigArgument, DataOption, DeterministicOption, JsonOption, OutputOption, SeedOption
from ..base.configuration import load_config
from ..base.console import progress, show, table
from ..base.products import Products

if TYPE_CHECKING:
    from golden.training import TrainingState

__all__ = ["train"]


def train(
    config: ConfigArgument,
    output: OutputOption = None,
    data: DataOption = None,
    seed: SeedOption = None,
    restart: Annotated[bool, typer.Option("--restart", help="Forget the checkpoint and begin anew.")] = False,
    deterministic: DeterministicOption = False,
    as_json: JsonOption = False,
) -> None:
    """Train the network into DIR/NAME.safetensors; an interrupted training goes on where it stopped.

    How it went is in DIR/training.json and, as a picture, in DIR/training.svg.
    """
    chosen = load_config(config)
    products = Products.at(chosen, output).choose(deterministic)

    from ..road.train import train as step

    with progress(f"train {chosen.name}") as advance:

        def on_epoch(state: "TrainingState") -> None:
            advance(state.epoch, chosen.training.epochs)

        state = step(products, data=data, seed=seed, restart=restart, on_epoch=on_epoch)
    result = {
        "checkpoint": products.checkpoint,
        "epochs": state.epoch,
        "seed": state.seed,
        "losses": state.losses,
        "accuracies": state.accuracies,
    }
    rows = [
        [
            str(products.checkpoint),
            str(state.epoch),
            str(state.seed),
            f"{state.losses[-1]:.4f}",
            f"{state.accuracies[-1]:.2%}",
        ]
    ]
    columns = ["checkpoint", "epochs", "seed", "loss, nats", "accuracy in training"]
    show(result, [table("Training", columns, rows)], as_json=as_json)
