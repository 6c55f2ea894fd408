"""``bayescim compare``."""

import functools
from pathlib import Path
from typing import Annotated

import typer

from hdl.config import CoreConfig

from ...base.arguments import JsonOption, PassesOption
from ...base.bounds import LARGEST_SEED
from ...base.configuration import load_config
from ...base.console import notice, show
from ...base.files import claim_directory
from ...base.number_list import parse_numbers, write_numbers
from .options import ComparisonOptions, Sweep

__all__ = ["COMMAND", "compare"]


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
        str,
        typer.Option("--bits", metavar="K,K,…", help="Bits of a weight's probability."),
    ] = write_numbers(Sweep.bits),
    sizes: Annotated[
        str,
        typer.Option("--sizes", metavar="N,N,…", help="Word lines and columns."),
    ] = write_numbers(Sweep.sizes),
    lines: Annotated[
        str,
        typer.Option("--lines", metavar="F,F,…", help="Factors of the word lines driven at a time."),
    ] = write_numbers(Sweep.lines),
    passes: PassesOption = None,
    samples: Annotated[int, typer.Option("--samples", metavar="N", help="Samples of all constants.")] = Sweep.samples,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, max=LARGEST_SEED, help="Seed of the samples.")
    ] = Sweep.seed,
    as_json: JsonOption = False,
) -> None:
    """Compare the core on PCM cells with its SRAM equivalent: area, energy and time in a model, and which of its
    constants decide. Digital logic is counted by Yosys.

    Writes DIR/CONFIG/compare.json, DIR/CONFIG/compare.md and two pictures.
    """
    chosen = [load_config(config) for config in configs]

    sweep = Sweep(
        bits=parse_numbers("bits", bits, int, lowest=2, highest=16),
        sizes=parse_numbers("sizes", sizes, int, lowest=2, highest=4096),
        lines=parse_numbers("lines", lines, float, lowest=0.0, highest=512.0),
        samples=samples,
        seed=seed,
    )
    options = ComparisonOptions(constants=constants, sweep=sweep, passes=passes)

    from .study import STUDY

    found = {}
    for each in chosen:
        directory = claim_directory(output / each.name)
        on_step = functools.partial(_tell, each.name)
        found[each.name] = STUDY.conduct(directory, each, directory, options, on_step=on_step)
    results = found.values()
    show(found, [table for result in results for table in STUDY.tables(result)], as_json=as_json)
    if not as_json:
        for result in results:
            for sentence in STUDY.sentences(result):
                print(sentence)


def _tell(name: str, step: str) -> None:
    notice(f"{name}: {step}")


COMMAND = compare
