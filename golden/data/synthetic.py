"""Programs with random integers, for tests without training."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from hdl.config import LFSR_TAPS, CoreConfig, InputError, LogitConfig
from hdl.config.schemes import sections
from hdl.contract import Program

from ..draws import MEANINGS
from ..neurons import arithmetic_of
from .synthetic_convolutions import random_convolutions, random_image

__all__ = ["RANDOM_ORIGIN", "is_random", "random_config", "random_program"]

#: `origin` in the provenance of a Program whose integers are random.
RANDOM_ORIGIN = "random integers"

#: Probability that a layer of a convolutional network has its own number of word lines driven at a time.
_FOLDED = 0.5

#: Probability that columns are sensed in groups, where there is hardware for that.
_COLUMNS_GROUPED = 0.5


def random_config(
    rng: np.random.Generator, *, convolutions: bool = False, **overrides: Mapping[str, Any]
) -> CoreConfig:
    """Return a small legal configuration that covers all choices down to the smallest sizes.

    Parameters
    ----------
    rng
        Source of the choices.
    convolutions
        Whether to draw an image and convolutions, after which there may be no other hidden layer.
    overrides
        Per section the fields that are given and not drawn, such as ``network={"inputs": 2}`` or
        ``bayes={"method": "none"}``; the rest is drawn to suit them.

    Raises
    ------
    InputError
        An override is not a section, or pydantic refuses the configuration.
    """

    def upto(lowest: int, highest: int) -> int:
        return int(rng.integers(lowest, highest, endpoint=True))

    def section(name: str, **drawn: Any) -> dict[str, Any]:
        fields[name] = drawn | dict(overrides.get(name, {}))
        return fields[name]

    fields: dict[str, dict[str, Any]] = {}
    network = section(
        "network",
        inputs=upto(2, 24),
        input_bits=upto(1, 8),
        hidden=[upto(2, 12) for _ in range(upto(1, 3))],
        classes=upto(2, 6),
    )
    if convolutions:
        image = network.get("image", random_image(rng))
        drawn = {"image": image, "inputs": math.prod(image), "convolutions": random_convolutions(rng, image)}
        network = section("network", **network | drawn | {"hidden": network["hidden"][: upto(0, 2)]})
    hidden = len(network.get("convolutions", ())) + len(network["hidden"])

    array = dict(overrides.get("array", {}))
    rows = array.get("rows")
    reads = upto(2, 5) if rows is None else int(rng.choice([size for size in range(2, rows + 1) if rows % size == 0]))
    reads = array.get("rows_per_read", reads)
    section("array", rows=reads * upto(1, 4), cols=upto(2, 9), rows_per_read=reads)
    if convolutions and rng.random() < _FOLDED:
        rows = fields["array"]["rows"]
        lines = [size for size in range(2, rows + 1) if rows % size == 0]
        section("array", **fields["array"] | {"folding": rng.choice(lines, hidden + 1).tolist()})

    masked = dict(overrides.get("bayes", {})).get("method", "scale-dropout" if rng.random() < 0.8 else "none")
    if masked not in sections():
        raise InputError(f"bayes.method must be one of {', '.join(sections())}, not {masked!r}")
    known, scheme = sections()[masked].model_fields, sections()[masked].scheme
    if not scheme.stochastic:
        section("bayes", method=masked, passes=1, max_passes=1)
    else:
        most = dict(overrides.get("bayes", {})).get("max_passes", upto(1, 20))
        drop = rng.choice([0.0, 0.2, 0.5, 0.99], size=hidden).tolist()
        own: dict[str, Any] = {"p": drop} if "p" in known else {}
        own |= {"levels": upto(2, 9)} if "levels" in known else {}
        own |= {"sets": 2 ** upto(1, 3)} if "sets" in known else {}
        if "weight_bits" in known:
            channels = [each["channels"] for each in network.get("convolutions", ())]
            widest = max(*channels, *network["hidden"], network["classes"], 0)
            own["weight_bits"], own["generators"] = upto(2, 8), upto(1, widest)
        sampled = {"sampling": str(rng.choice(["read", "pass"]))} if "sampling" in known else {}
        section("bayes", method=masked, passes=upto(1, most), max_passes=most, **own, **sampled)

    width = dict(overrides.get("random", {})).get("lfsr_width", upto(min(LFSR_TAPS), max(LFSR_TAPS)))
    bits = upto(max(2, fields["bayes"].get("levels", 0) - 1), min(width, 32))
    section("random", lfsr_width=width, draw_bits=bits, seed=upto(1, 2 ** min(width, 62) - 1))
    if MEANINGS[scheme.neuron_kind] is not None:
        section("random", **{"units": upto(1, 5)} | fields["random"])

    logit_width = dict(overrides.get("logits", {})).get("width", upto(4, 24))
    section(
        "logits",
        width=logit_width,
        fraction=upto(0, logit_width - 1),
        gain_width=upto(2, 24),
        offset_width=upto(2, 32),
        max_shift=upto(1, 31),
    )

    whole = network["image"][2] if convolutions else reads
    section("ports", pixels_per_beat=int(rng.choice([size for size in range(1, whole + 1) if whole % size == 0])))
    section("hardware", pipeline=upto(0, 4), planes_per_cycle=upto(1, 8))
    grouped = fields["bayes"].get("order") != "prefix" and "macro" not in overrides and "cols" not in array
    if grouped and rng.random() < _COLUMNS_GROUPED:
        width, groups = upto(2, 4), upto(2, 4)
        cols = width * groups
        widths = [size for size in range(2, cols + 1) if cols % size == 0]
        own = {"column_folding": rng.choice(widths, hidden + 1).tolist()} if rng.random() < _FOLDED else {}
        section("array", **fields["array"] | {"cols": cols, "cols_per_read": width} | own)
    unknown = overrides.keys() - fields.keys()
    if unknown:
        raise InputError(f"overrides must be among {', '.join(fields)}, not {sorted(unknown)[0]!r}")
    return CoreConfig.model_validate({"name": "random", **fields})


def is_random(program: Program) -> bool:
    """Return whether the integers of ``program`` are random, and its predictions chance."""
    return program.provenance.get("origin") == RANDOM_ORIGIN


def random_program(config: CoreConfig, rng: np.random.Generator) -> Program:
    """Return random integers for ``config`` with which bits toggle and most logits do not saturate.

    Weights, or their probability codes, and polarities are fair; thresholds follow the distribution of the counts they
    are compared with, some are at the ends; gains and offsets take their whole range, and shifts bring logits to about
    their width.
    """
    classes, logits = config.network.classes, config.logits
    neurons = tuple(arithmetic_of(layer).random_neurons(layer, rng) for layer in config.hidden_layers)
    gains = _signed(rng, logits.gain_width, classes)
    offsets = _signed(rng, logits.offset_width, classes)
    shapes = [(layer.outputs, layer.inputs) for layer in config.layers]
    weights = tuple(
        rng.integers(0, 2**layer.weight_bits, shape if layer.sets == 1 else (layer.sets, *shape))
        for layer, shape in zip(config.layers, shapes, strict=True)
    )
    return Program(
        config=config,
        weights=weights,
        neurons=neurons,
        gains=gains,
        offsets=offsets,
        shifts=_shifts(rng, gains, offsets, config.layers[-1].inputs, logits),
        codes=np.array(config.stochastic.drop_codes, dtype=np.int64),
        seed=config.random.seed,
        provenance={"origin": RANDOM_ORIGIN},
    )


def _signed(rng: np.random.Generator, width: int, size: int) -> np.ndarray:
    """Return ``size`` signed integers of up to ``width`` bits, small and large ones equally likely."""
    widths = rng.integers(1, width, size, endpoint=True)
    return np.array([rng.integers(-(2 ** (bits - 1)), 2 ** (bits - 1)) for bits in widths], dtype=np.int64)


def _shifts(
    rng: np.random.Generator, gains: np.ndarray, offsets: np.ndarray, inputs: int, logits: LogitConfig
) -> np.ndarray:
    """Return shifts that bring a typical gain · z + offset to the width of a logit, give or take one bit."""
    typical = np.abs(gains) * math.sqrt(inputs) + np.abs(offsets) + 1
    excess = np.ceil(np.log2(typical)).astype(np.int64) - logits.width + 1
    return (excess + rng.integers(-1, 2, gains.size)).clip(0, logits.max_shift)
