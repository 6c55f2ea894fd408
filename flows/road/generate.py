"""Step from a Program to Verilog."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from hdl.axi import AxiCore
from hdl.config import InputError
from hdl.contract import Program
from hdl.verilog import to_metadata, to_verilog

from ..base.files import read, write_atomically
from ..base.products import Products
from ..base.provenance import Input, Provenance, check_configuration, input_of, provenance
from ..base.record import MADE_ANEW
from .core_record import Contents, CoreRecord
from .lower import CHECKPOINT
from .package import package

__all__ = [
    "generate",
    "generated_with_program",
    "is_generated",
    "load_program",
    "load_sampled_program",
    "program_input",
]


def load_program(products: Products, file: Path | None = None) -> Program:
    """Return the Program in ``file``, or the one among ``products``.

    Raises
    ------
    InputError
        There is none, it is damaged, for another configuration, or lowered from another checkpoint than that beside it.
    """
    if file is not None:
        return Program.load(file, products.config)
    made_by = products.made_by("lower")
    read(products.program, made_by)
    program = Program.load(products.program, products.config)
    lowered = program.provenance.get(CHECKPOINT)
    if lowered is not None and products.checkpoint.exists():
        found = hashlib.sha256(read(products.checkpoint, products.made_by("train"))).hexdigest()
        if found != lowered:
            raise InputError(
                f"{products.program}: checkpoint must be {found[:12]}… as {products.checkpoint} is, "
                f"not {lowered[:12]}…: run `{made_by}` again"
            )
    return program


def program_input(products: Products, file: Path | None = None) -> Input:
    """Return the record of the Program that :func:`load_program` returns, for another product."""
    path = file or products.program
    return input_of(products.directory, path, read(path, products.made_by("lower")))


def load_sampled_program(products: Products, file: Path | None = None) -> Program:
    """Return :func:`load_program` of a network with sampled weights.

    Raises
    ------
    InputError
        The configuration has another method, or as in :func:`load_program`.
    """
    config = products.config
    if not config.bayes.scheme.draws_weights:
        raise InputError(f"method must be 'sampled-weights', not {config.bayes.method!r}")
    return load_program(products, file)


def generated_with_program(products: Products, verilog: bytes) -> str | None:
    """Return the digest of the Program in the generated core ``verilog``, None where its memories are empty.

    None too where the metadata are of other Verilog: what an edited core holds is not known, and it must be loaded.

    Raises
    ------
    InputError
        No core was generated, or its metadata are damaged or for another configuration.
    """
    made_by = products.made_by("generate")
    metadata = CoreRecord.read(products.metadata, made_by)
    again = f"run `{made_by}` again"
    check_configuration(products.metadata, metadata.provenance, products.config, again, circuit=True)
    if metadata.program is None or metadata.verilog != hashlib.sha256(verilog).hexdigest():
        return None
    return metadata.program.sha256


def is_generated(products: Products, inputs: Mapping[str, Input]) -> bool:
    """Return whether the core among ``products`` is of the same configuration, versions and ``inputs``.

    Raises
    ------
    InputError
        Its metadata are damaged.
    """
    if not (products.metadata.exists() and products.verilog.exists()):
        return False
    made_by = products.made_by("generate")
    found = CoreRecord.read(products.metadata, made_by, MADE_ANEW)
    same = found.verilog == hashlib.sha256(read(products.verilog, made_by)).hexdigest()
    return same and found.provenance == provenance(products.config, inputs)


def generate(products: Products, *, program: Path | None = None, empty: bool = False) -> CoreRecord:
    """Write the core as Verilog, its metadata, which is returned, and a folder that is usable without bayescim.

    Parameters
    ----------
    products
        Directory of the results.
    program
        Initial contents of the memories; by default the Program among the products, if any.
    empty
        Keep the memories empty although there is a Program.

    Raises
    ------
    InputError
        The Program cannot be used.
    """
    config = products.config
    if empty and program is not None:
        raise InputError(f"program must not be given for empty memories, not {str(program)!r}")
    some = not empty and (program is not None or products.program.exists())
    contents = load_program(products, program) if some else None
    core = AxiCore(config, contents)
    inputs = {} if contents is None else {"program": program_input(products, program)}
    origin = provenance(config, inputs)
    held = None
    if contents is not None:
        held = Contents(sha256=inputs["program"].sha256, provenance=contents.provenance)
    text = _header(config.name, origin, held) + to_verilog(core, config.name)
    metadata = CoreRecord.of(
        {
            "top": config.name,
            "provenance": origin,
            "program": held,
            "verilog": hashlib.sha256(text.encode()).hexdigest(),
            "config": config,
            "ports": to_metadata(core),
        }
    )
    # A folder that stands for itself has no files beside it.
    alone = metadata.model_copy(update={"provenance": provenance(config)})
    package(products.package, config, contents, verilog=text, metadata=alone.plain())
    write_atomically(products.verilog, text.encode())
    # Written last: its presence means that the Verilog is complete and belongs to it.
    metadata.write(products.metadata)
    return metadata


def _header(top: str, origin: Provenance, program: Contents | None) -> str:
    """Return the comment on the origin of the Verilog."""
    contents = f"Program {program.sha256}" if program is not None else "none: memories are empty until they are loaded"
    versions = ", ".join(f"{name} {version}" for name, version in origin.versions.items())
    lines = (
        f"{top}: Bayesian binary neural network in memory, generated by bayescim",
        f"configuration: {origin.config_hash}",
        f"initial contents: {contents}",
        f"versions: {versions}",
    )
    return "".join(f"// {line}\n" for line in lines)
