"""``bayescim lower``."""

from typing import Annotated

import typer

from ..base.arguments import ConfigArgument, DeterministicOption, JsonOption, OutputOption
from ..base.bounds import LARGEST_SEED
from ..base.console import notice, show, table
from ..base.products import Products

__all__ = ["lower"]


def lower(
    config: ConfigArgument,
    output: OutputOption = None,
    deterministic: DeterministicOption = False,
    random: Annotated[
        int | None,
        typer.Option(
            "--random",
            metavar="SEED",
            min=0,
            max=LARGEST_SEED,
            help="Random integers instead, where nothing is trained.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Fold the trained network into the integers of DIR/NAME.npz."""
    products = Products.load(config, output).choose(deterministic)

    from ..road.lower import lower as step
    from ..road.lower import randomize

    if random is not None:
        program = randomize(products, random)
    else:
        program, state = step(products)
        if not state.done:
            notice(f"bayescim: training had done {state.epoch} of {state.config.training.epochs} epochs")
    layers = program.config.layers
    result = {
        "program": products.program,
        "provenance": program.provenance,
        "layers": [{"inputs": layer.inputs, "outputs": layer.outputs, "arrays": layer.arrays} for layer in layers],
        "drop_codes": program.codes.tolist(),
        "realised_p": program.config.stochastic.realised_p,
    }
    rows = [[str(layer.index), str(layer.inputs), str(layer.outputs), str(layer.arrays)] for layer in layers]
    show(result, [table(str(products.program), ["layer", "inputs", "outputs", "arrays"], rows)], as_json=as_json)
