"""Random command lines, right and wrong ones."""

import dataclasses
import random
from collections.abc import Mapping, Sequence
from typing import Any

from .case import Case
from .damage import NUMBERS

__all__ = ["Command", "Option", "commands_of", "random_case"]


@dataclasses.dataclass(frozen=True)
class Option:
    """Option of a command."""

    names: tuple[str, ...]
    """Its names."""

    flag: bool
    """Whether it has no value."""

    multiple: bool
    """Whether it may be repeated."""


@dataclasses.dataclass(frozen=True)
class Command:
    """Command with what it takes."""

    name: str
    """Its name."""

    arguments: tuple[str, ...]
    """Names of its arguments."""

    options: tuple[Option, ...]
    """Its options."""


def commands_of(group: Any) -> tuple[Command, ...]:
    """Return the commands of an application of typer, but for that of the fuzzer."""
    found = []
    for name, command in sorted(group.commands.items()):
        arguments = tuple(each.name for each in command.params if each.param_type_name == "argument")
        options = tuple(
            Option(names=tuple(each.opts), flag=each.is_flag, multiple=each.multiple)
            for each in command.params
            if each.param_type_name == "option"
        )
        if name != _OWN:
            found.append(Command(name, arguments, options))
    return tuple(found)


def random_case(commands: Sequence[Command], number: int, seed: int) -> Case:
    """Return the case ``number``: a command line in a directory with products of a small network."""
    rng = random.Random(f"{seed} {_KIND} {number}")
    if rng.random() < _ODD:
        return Case(_KIND, number, tuple(rng.choice(_ODD_LINES)))
    command = rng.choice(commands)
    given: list[str] = []
    named = set()
    for option in command.options:
        if option.names[0] not in _NEVER and rng.random() < _GIVEN:
            for _ in range(rng.choice((1, 1, 2)) if option.multiple else 1):
                given += [rng.choice(option.names)]
                given += [] if option.flag else [_value(rng, command.name, option.names[0])]
            named.add(option.names[0])
    for name, value in _SMALL.get(command.name, {}).items():
        if name not in named:
            given += [name] if value is None else [name, value]
    arguments = [_argument(rng, command.name, name) for name in command.arguments]
    if command.name in _REFUSED:
        # What it does takes minutes: some of the line is wrong, and it says so before.
        place, values = _REFUSED[command.name]
        if place in command.arguments:
            arguments[command.arguments.index(place)] = rng.choice(values)
        else:
            given += [place, rng.choice(values)]
    if rng.random() < _ODD:
        given.insert(rng.randrange(len(given) + 1), rng.choice(_STRANGE))
    parts = [given, [each for each in arguments if each is not None]]
    rng.shuffle(parts)
    return Case(_KIND, number, (command.name, *parts[0], *parts[1]))


#: Kind of these cases.
_KIND = "command line"

#: The command of the fuzzer.
_OWN = "fuzz"

#: Shares of command lines without a sense, of options that are given, of wrong values, and of omitted arguments.
_ODD, _GIVEN, _WRONG, _OMITTED = 0.05, 0.3, 0.4, 0.03

#: Option that makes minutes of work of any line.
_NEVER = ("--vectors",)

_STRANGE = (
    "",
    " ",
    "--",
    "-",
    "--nothing",
    "-x",
    "nothing",
    "a\nb",
    "ü",
    "\x1b[31m",
    "[bold]x[/bold]",
    "%s{0}",
    "x" * 300,
    "../..",
    "~",
    "$HOME",
    "*",
)

_ODD_LINES: Sequence[Sequence[str]] = (
    (),
    ("--help",),
    ("-h",),
    ("--version",),
    ("nothing",),
    ("",),
    ("--plugin",),
    ("--plugin", "nothing", "schema"),
    ("--plugin=plugin", "schema"),
    ("--plugin", "x" * 5000, "schema"),
    ("train", "train", "train"),
    ("map", "--help"),
    ("map", "map"),
    *(("map", each) for each in _STRANGE),
)

#: Right values of options; numbers are small, so that a right line takes a second or two.
_RIGHT: Mapping[str, Sequence[str]] = {
    "--output": ("out", "products", "sampled", "out/deeper"),
    "--program": ("products/tiny.npz", "sampled/sampled.npz"),
    "--verilog": ("products/tiny.v",),
    "--against": ("products/tiny.npz", "products"),
    "--table": ("cells.csv",),
    "--constants": ("constants.toml",),
    "--document": ("sections.txt",),
    "--root": (".", "products"),
    "--data": ("fashion", "cifar10"),
    "--passes": ("1", "2"),
    "--inputs": ("2", "3"),
    "--chips": ("2", "3"),
    "--samples": ("4",),
    "--seed": ("0", "1", "7"),
    "--random": ("0", "1"),
    "--fault": ("bit-flips=0.1", "additive=0.5", "uniform=1"),
    "--draws": ("frozen", "fresh"),
    "--ood": ("noise", "shuffled", "rotated-90"),
    "--source": ("golden",),
    "--device": ("pcm", "mtj", "rram"),
    "--noise-target": ("2.5",),
    "--tolerance": ("0", "1.0"),
    "--max-pulses": ("3",),
    "--horizon": ("0", "86400"),
    "--ages": ("3600", "86400"),
    "--calibration": ("4",),
    "--cycles": ("64", "1000"),
    "--word-lines": ("64", "1000"),
    "--generators": ("1", "4"),
    "--repeats": ("1",),
    "--correlated": ("4",),
    "--tested": ("64",),
    "--size": ("8",),
    "--target": ("ice40", "ecp5", "gates"),
    "--block": ("core", "lfsr"),
    "--simulator": ("icarus", "verilator"),
    "--limit": ("1",),
    "--hidden": ("4,8",),
    "--bits": ("4",),
    "--sizes": ("64",),
    "--lines": ("1",),
    "--method": ("none", "ensemble"),
    "--seeds": ("1",),
    "--mutants": ("1", "3"),
    "--rounds": ("1",),
    "--workers": ("1",),
}

_CONFIGS = ("tiny.toml", "tiny.toml", "tiny.toml", "sampled.toml", "fashion.toml", "cifar10.toml")

_WRONG_CONFIGS = ("nothing", "products", "products/tiny.npz", "constants.toml", "/dev/null", "/dev/zero", *_STRANGE)

#: Options of commands whose defaults take long.
_SMALL: Mapping[str, Mapping[str, str | None]] = {
    "robustness": {"--chips": "2", "--inputs": "2", "--fault": "additive=0.5", "--passes": "1"},
    "chips": {"--chips": "2", "--inputs": "2", "--ages": "86400", "--calibration": "4", "--passes": "1"},
    "devices": {"--chips": "1", "--samples": "4"},
    "uncertainty": {"--source": "golden", "--inputs": "2", "--ood": "noise"},
    "campaign": {"--mutants": "3", "--rounds": "1"},
    "faults": {"--faults": "3", "--inputs": "1"},
}

_NOWHERE = ("nothing", "no/where", "constants.toml", "-1", "", "x" * 300)

#: Commands that take minutes where the line is right, and a place in it with values that are refused.
_REFUSED: Mapping[str, tuple[str, Sequence[str]]] = {
    "bench": ("config", _NOWHERE),
    "compare": ("--samples", ("0", "-1", "99999999999")),
    "demo": ("--config", _NOWHERE),
    "exact": ("config", ("tiny.toml", "sampled.toml", *_NOWHERE)),
    "fits": ("--target", _NOWHERE),
    "gates": ("--target", _NOWHERE),
    "mutants": ("--simulator", _NOWHERE),
    "netlist": ("--target", _NOWHERE),
    "overhead": ("--target", _NOWHERE),
    "place": ("--target", _NOWHERE),
    "prove": ("block", _NOWHERE),
    "randomness": ("--output", ("nowhere",)),
    "regress": ("--block", _NOWHERE),
    "schemes": ("--target", _NOWHERE),
    "sharing": ("--output", ("nowhere",)),
    "simulate": ("--verilog", ("nothing", "products", "")),
    "synth": ("--target", _NOWHERE),
}


def _argument(rng: random.Random, command: str, name: str) -> str | None:
    if rng.random() < _OMITTED:
        return None
    if name in ("config", "configs"):
        return rng.choice(_CONFIGS if rng.random() > _WRONG else _WRONG_CONFIGS)
    if command == "devices":
        return rng.choice(("pcm", "mtj", *_STRANGE))
    if name == "subject":
        return rng.choice(("golden", "simulate", "scale", "noise", *_STRANGE))
    return rng.choice(("products/map.json", "products/tiny.json", *_NOWHERE, *_STRANGE))


def _value(rng: random.Random, command: str, option: str) -> str:
    if option in _RIGHT and rng.random() > _WRONG:
        return rng.choice(_RIGHT[option])
    if rng.random() < _LISTED:
        return ",".join(rng.choice(NUMBERS[:-1]) for _ in range(rng.choice((2, 3, 100))))
    if command == "robustness" and option == "--fault" and rng.random() < 1 / 2:
        return f"{rng.choice(('additive', 'uniform', 'nothing', ''))}={rng.choice(NUMBERS)}"
    return rng.choice((*NUMBERS, *NUMBERS, *_STRANGE, *_WRONG_CONFIGS))


#: Share of lists of numbers among wrong values.
_LISTED = 0.15
