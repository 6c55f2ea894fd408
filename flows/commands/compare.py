"""``bayescim compare``."""

import functools
from pathlib import Path
from typing import Annotated

import typer

from hdl.config import CoreConfig

from ..base.arguments import JsonOption, PassesOption
from ..base.console import notice, show
from ..base.number_list import parse_numbers

__all__ = ["compare"]


def compare(
    configs: Annotated[
        list[str],
        typer.Argument(
            metavar="CONFIG...", help=f"Named configurations ({', '.join(CoreConfig.names())}) or TOML files."
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="DIR", help="Directory with a directory for each configuration."),
    ] = Path("build/compare"),
    constants: Annotated[
        Path | None,
        typer.Option("--constants", metavar="FILE", help="Constants of the model.", show_default="those that ship"),
    ] = None,
    bits: Annotated[
        str | None,
        typer.Option("--bits", metavar="K,K,…", help="Bits of a weight's probability.", show_default="4,6,8"),
    ] = None,
    sizes: Annotated[
        str | None,
        typer.Option("--sizes", metavar="N,N,…", help="Word lines and columns.", show_default="64,128,256,512"),
    ] = None,
    lines: Annotated[
        str | None,
        typer.Option(
            "--lines", metavar="F,F,…", help="Factors of the word lines driven at a time.", show_default="0.5,1,2,4"
        ),
    ] = None,
    passes: PassesOption = None,
    samples: Annotated[int, typer.Option("--samples", metavar="N", help="Samples of all constants.")] = 4_000,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed of the samples.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Compare the core on PCM cells with its SRAM equivalent: area, energy and time in a model, and which of its
    constants decide. Digital logic is counted by Yosys.

    Writes compare.json, .md and two pictures into DIR/CONFIG.
    """
    chosen = [CoreConfig.load(config) for config in configs]

    from ..base.files import make_directory, write_atomically
    from ..base.pictures import to_png, to_svg
    from ..studies.comparison.compare import Sweep
    from ..studies.comparison.compare import compare as step
    from ..studies.comparison.constants import load_constants
    from ..studies.comparison.cores_picture import draw_cores
    from ..studies.comparison.page import comparison_tables, said, to_markdown
    from ..studies.comparison.sensitivity_picture import draw_sensitivity

    values = load_constants(constants)
    default = Sweep()
    sweep = Sweep(
        bits=default.bits if bits is None else parse_numbers("bits", bits, int),
        sizes=default.sizes if sizes is None else parse_numbers("sizes", sizes, int),
        lines=default.lines if lines is None else parse_numbers("lines", lines, float),
        samples=samples,
        seed=seed,
    )
    found, tables = {}, []
    for config in chosen:
        name = config.name
        directory = make_directory(output / name)
        result = step(
            config,
            values,
            directory,
            sweep=sweep,
            passes=passes,
            on_step=functools.partial(_tell, name),
        )
        for kind, figure in (("cores", draw_cores(result)), ("sensitivity", draw_sensitivity(result))):
            write_atomically(directory / f"{kind}_{name}.svg", to_svg(figure))
            write_atomically(directory / f"{kind}_{name}.png", to_png(figure))
        page = to_markdown(result, f"cores_{name}.svg", f"sensitivity_{name}.svg")
        write_atomically(directory / "compare.md", page.encode())
        found[name] = result
        tables += comparison_tables(result)
    show(found, tables, as_json=as_json)
    for name, result in found.items():
        notice(f"{name}. {said(result)}")


def _tell(name: str, step: str) -> None:
    notice(f"{name}: {step}")
