"""Step from a QONNX file to a configuration and a Program."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from golden.interchange import METHODS, ForeignNetwork, drops_of, logit_error, to_document, to_program
from hdl.config import CoreConfig, InputError
from hdl.contract import Program

from ..base.bounds import check_choices
from ..base.configuration import load_config
from ..base.files import read, write_atomically
from ..base.products import Products
from ..base.provenance import Input, input_of, package_version, provenance
from ..exchange.configuration_file import to_toml
from ..exchange.graph import Graph, read_graph
from ..exchange.operators import fold
from .import_record import ImportRecord

__all__ = ["FROM_GRAPH", "import_network"]

#: Word that stands for the dropout of the graph's own nodes.
FROM_GRAPH = "graph"

#: Letters of the longest name of a core.
_LONGEST = 40

#: Data sets whose pixels are bytes, so that it can be told what the network makes of them.
_OF_BYTES = ("fashion", "cifar10")

_WHITE = 255


def import_network(
    file: Path,
    output: Path | None,
    *,
    name: str | None = None,
    dropout: str | None = None,
    method: str | None = None,
    like: str | None = None,
) -> tuple[Products, ImportRecord]:
    """Write the configuration and the Program of the network in ``file``; return where they are, and their record.

    With dropout the deterministic network is written too, as the twin of the other.

    Parameters
    ----------
    file
        QONNX file.
    output
        Directory of the products, by default ``build/<name>``.
    name
        Name of the core, by default that of the file.
    dropout
        Probability of dropping an activation, or :data:`FROM_GRAPH`; None for none.
    method
        Way of dropping, one of :data:`golden.interchange.METHODS`; by default the first.
    like
        Configuration whose arrays, ports and options are taken.

    Raises
    ------
    InputError
        The file is damaged, its network does not fit a core, or an argument is wrong. Nothing is written.
    """
    check_choices("method", [] if method is None else [method], METHODS)
    if method is not None and dropout is None:
        raise InputError(f"method must be omitted without --dropout, not {method!r}")
    chosen = None if like is None else load_config(like)
    rate = _rate(dropout)
    graph = read_graph(file)
    try:
        network = fold(graph)
        drops = () if dropout is None else drops_of(network, rate)
    except InputError as error:
        raise InputError(f"{file}: {error}") from None
    document = to_document(
        network,
        name=_name(file) if name is None else name,
        like=chosen,
        method="none" if dropout is None else method or METHODS[0],
        drops=drops,
    )
    config = CoreConfig.from_document(document, str(file))
    for wanted, found in zip(drops, config.stochastic.realised_p, strict=False):
        if wanted and not found:
            bits = config.random.draw_bits
            raise InputError(f"dropout must be a probability that {bits} bits can tell from 0, not {wanted:g}")
    content = read(file, "export")
    origin = _origin(graph, content)
    program = to_program(network, config, provenance=origin)
    text = to_toml(document, f"Imported by `bayescim import` from {file.name}.")
    products = Products.at(config, output)
    files = {products.program: program.to_bytes()}
    if drops:
        twin = products.choose(deterministic=True)
        files[twin.program] = to_program(network, twin.config, provenance=origin).to_bytes()
    files[products.imported_config] = text.encode()
    inputs = {
        "graph": input_of(products.directory, file, content),
        "program": input_of(products.directory, products.program, files[products.program]),
    }
    record = ImportRecord.of(_told(products, network, program, graph, inputs))
    # Everything is known: nothing is half-written where a network is refused late.
    for path, written in files.items():
        write_atomically(path, written)
    record.write(products.imported)
    return products, record


def _rate(dropout: str | None) -> float | None:
    if dropout in (None, FROM_GRAPH):
        return None
    try:
        return float(dropout)
    except ValueError:
        raise InputError(f"dropout must be a number between 0 and 1, or {FROM_GRAPH!r}, not {dropout!r:.40}") from None


def _name(file: Path) -> str:
    """Return the name of a core that is as close to that of ``file`` as a module may have."""
    plain = re.sub(r"[^a-z0-9]+", "_", file.stem.lower()).strip("_")
    return (plain if plain[:1].isalpha() else f"network_{plain}".strip("_"))[:_LONGEST]


def _origin(graph: Graph, content: bytes) -> Mapping[str, str]:
    versions = {name: package_version(name) for name in ("numpy", "onnx")}
    found = {name: version for name, version in versions.items() if version}
    return {**found, "graph": hashlib.sha256(content).hexdigest(), "opset": str(graph.opset)}


def _told(
    products: Products, network: ForeignNetwork, program: Program, graph: Graph, inputs: Mapping[str, Input]
) -> Mapping[str, Any]:
    config, coding = program.config, network.coding
    drops = [*config.stochastic.realised_p, *(0.0 for _ in config.layers)]
    return {
        "provenance": provenance(config, inputs),
        "config": products.imported_config.name,
        "method": config.bayes.method,
        "opset": graph.opset,
        "input": {
            "bits": coding.quantizer.bits,
            "lowest": float(coding.quantizer.lowest),
            "step": float(coding.quantizer.step),
            "other_bytes": _other_bytes(network, config),
        },
        "layers": [
            {
                "node": folded.node,
                "inputs": layer.inputs,
                "outputs": layer.outputs,
                "flipped": int(neurons["flips"].sum()) if neurons else 0,
                "constant": int(np.isin(neurons["thresholds"], (0, layer.threshold_max)).sum()) if neurons else 0,
                "drop": drop,
            }
            for layer, folded, neurons, drop in zip(
                config.layers, network.layers, (*program.neurons, None), drops, strict=False
            )
        ],
        "logit_error": logit_error(network, program),
        "ignored": network.ignored,
    }


def _other_bytes(network: ForeignNetwork, config: CoreConfig) -> int | None:
    """Return for how many bytes of an image the network makes another pixel than the data set has."""
    if config.data.set not in _OF_BYTES:
        return None
    found, steps = network.coding.of_bytes(), config.layers[0].plane_gain
    wanted = (2 * np.arange(_WHITE + 1) * steps + _WHITE) // (2 * _WHITE)
    return int((found != wanted[:, np.newaxis]).any(axis=1).sum())
