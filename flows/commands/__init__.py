"""The commands, one a file. They parse, call a step, and print what it returns.

What is heavy (torch, amaranth, matplotlib) is imported inside a command, so that `bayescim --help` and a
mistake in an argument answer at once.
"""

import typer

from .bench import bench
from .chips import chips
from .compare import compare
from .demo import demo
from .devices import devices
from .doctor import doctor
from .document import document
from .exact import exact
from .gates import gates
from .generate import generate
from .lower import lower
from .map import map_
from .mutants import mutants
from .netlist import netlist
from .overhead import overhead
from .place import place
from .prove import prove
from .randomness import randomness
from .regress import regress
from .report import report
from .robustness import robustness
from .schema import schema
from .schemes import schemes
from .sharing import sharing
from .simulate import simulate
from .synth import synth
from .train import train
from .uncertainty import uncertainty

__all__ = [
    "bench",
    "chips",
    "compare",
    "demo",
    "devices",
    "doctor",
    "document",
    "exact",
    "gates",
    "generate",
    "lower",
    "map_",
    "mutants",
    "netlist",
    "overhead",
    "place",
    "prove",
    "randomness",
    "register",
    "regress",
    "report",
    "robustness",
    "schema",
    "schemes",
    "sharing",
    "simulate",
    "synth",
    "train",
    "uncertainty",
]

#: In the order of the road that data takes; `--help` keeps it.
_COMMANDS = (
    map_,
    train,
    lower,
    generate,
    regress,
    simulate,
    synth,
    place,
    report,
    demo,
    bench,
    exact,
    uncertainty,
    robustness,
    chips,
    randomness,
    devices,
    schemes,
    sharing,
    compare,
    netlist,
    mutants,
    prove,
    gates,
    overhead,
    document,
    doctor,
    schema,
)


def register(app: typer.Typer) -> None:
    """Add every command to ``app``."""
    for command in _COMMANDS:
        # A trailing underscore keeps a name of Python's own free.
        app.command(command.__name__.rstrip("_"))(command)
