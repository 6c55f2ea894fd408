"""Commands, one a file.

They parse, call a step, and print its result. Those of studies are in their folders.

Heavy packages (torch, amaranth, matplotlib) are imported inside a command, so that `bayescim --help` and a
mistake in an argument answer at once.
"""

from collections.abc import Callable, Iterable
from typing import Any

import typer

from hdl.config import InputError

from ..studies.registry import Listing
from .campaign import campaign
from .demo import demo
from .doctor import doctor
from .document import document
from .faults import faults
from .fuzz import fuzz
from .gates import gates
from .generate import generate
from .import_ import import_
from .lower import lower
from .map import map_
from .mutants import mutants
from .netlist import netlist
from .place import place
from .prove import prove
from .regress import regress
from .report import report
from .schema import schema
from .simulate import simulate
from .synth import synth
from .train import train

__all__ = [
    "campaign",
    "demo",
    "doctor",
    "document",
    "faults",
    "fuzz",
    "gates",
    "generate",
    "import_",
    "lower",
    "map_",
    "mutants",
    "netlist",
    "place",
    "prove",
    "register",
    "regress",
    "report",
    "schema",
    "simulate",
    "synth",
    "train",
]

#: Commands in the order of the road that data takes.
_ROAD = (map_, train, lower, generate, regress, simulate, synth, place, report, demo)

#: Commands beside the road.
_BESIDE = (import_, netlist, mutants, campaign, faults, prove, fuzz, gates, document, doctor, schema)


def register(app: typer.Typer, studies: Iterable[Listing]) -> None:
    """Add the commands to ``app``: the road, the ``studies``, and the rest; `--help` keeps that order.

    Raises
    ------
    InputError
        Two commands have the same name.
    """
    names = set()
    every: tuple[Callable[..., Any], ...] = (*_ROAD, *(each.command for each in studies), *_BESIDE)
    for command in every:
        # A trailing underscore keeps a name of Python's own free.
        name = command.__name__.rstrip("_")
        if name in names:
            raise InputError(f"command must have a name of its own, not {name!r}")
        names.add(name)
        app.command(name)(command)
