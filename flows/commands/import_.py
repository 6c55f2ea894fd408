"""``bayescim import``."""

from pathlib import Path
from typing import Annotated

import typer

from hdl.config import InputError

from ..base.arguments import JsonOption, OutputOption
from ..base.console import notice, show, table

__all__ = ["import_"]

#: Packages that only this command needs.
_EXTRA = ("onnx", "google")


def import_(
    file: Annotated[Path, typer.Argument(metavar="NET.onnx", help="Binary network as a QONNX file.")],
    output: OutputOption = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Name of the core.", show_default="of the file")
    ] = None,
    dropout: Annotated[
        str | None,
        typer.Option(
            "--dropout",
            metavar="P",
            help="Probability of dropping an activation, or `graph` for those of its Dropout nodes.",
            show_default="none: the deterministic network",
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            metavar="NAME",
            help="Way of dropping: `spin-dropout`, each activation, or `spatial-dropout`, whole channels.",
            show_default="spin-dropout",
        ),
    ] = None,
    like: Annotated[
        str | None,
        typer.Option(
            "--like",
            metavar="CONFIG",
            help="Configuration, by its name or file, whose arrays, ports, passes and options are taken.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Turn a network of Brevitas or another tool into DIR/NAME.toml and the integers of DIR/NAME.npz.

    What became of each node is in DIR/import.json. The steps from `bayescim generate DIR/NAME.toml -o DIR` on follow.
    """
    try:
        from ..road.import_network import import_network as step
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise InputError(
            f"package {error.name!r} must be installed for `import`: pip install 'bayescim[import]'"
        ) from None

    products, record = step(file, output, name=name, dropout=dropout, method=method, like=like)
    for each in record.ignored:
        notice(f"bayescim: {each} is ignored: a core has none there")
    if record.input.other_bytes:
        notice(
            f"bayescim: the network makes another pixel of {record.input.other_bytes} of the 256 bytes of an image "
            f"than data set {products.config.data.set!r} has: see `input` in {products.imported}"
        )
    rows = [
        [
            each.node,
            *(str(number) for number in (each.inputs, each.outputs, each.flipped, each.constant)),
            f"{each.drop:g}",
        ]
        for each in record.layers
    ]
    columns = ["layer", "inputs", "outputs", "flipped", "constant", "dropped"]
    files = [
        [role, str(path)] for role, path in (("configuration", products.imported_config), ("Program", products.program))
    ]
    show(
        record,
        [
            table(f"{products.config.name} of {file.name}", columns, rows),
            table(f"logits differ by at most {record.logit_error:.2g}", ["product", "file"], files),
        ],
        as_json=as_json,
    )
