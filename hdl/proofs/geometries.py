"""Configurations of the proofs."""

import functools
import math

from ..config import CoreConfig

__all__ = [
    "digits",
    "drawing",
    "dropping",
    "images",
    "macro",
    "padded",
    "pixel",
    "predictive",
    "prefixes",
    "row",
    "sampling",
    "six",
    "smallest",
    "strides",
    "tiny",
    "two",
]


@functools.cache
def smallest() -> CoreConfig:
    """Return a configuration with all sizes at their legal minimum except for two passes."""
    return CoreConfig.model_validate(
        {
            "name": "smallest",
            "network": {"inputs": 2, "input_bits": 1, "hidden": [2], "classes": 2},
            "array": {"rows": 2, "cols": 2, "rows_per_read": 2},
            "bayes": {"method": "scale-dropout", "p": [0.5], "passes": 2, "max_passes": 2},
            "random": {"lfsr_width": 8, "draw_bits": 2, "seed": 1},
            "logits": {"width": 4, "fraction": 0, "gain_width": 2, "offset_width": 2, "max_shift": 1},
            "ports": {"pixels_per_beat": 1},
        }
    )


@functools.cache
def predictive() -> CoreConfig:
    """Return :func:`smallest` with predictive probabilities of the fewest bits."""
    section = {"probability_bits": 4, "entropy_bits": 4, "difference_bits": 0}
    return CoreConfig.model_validate(smallest().model_dump() | {"name": "predictive", "predictive": section})


@functools.cache
def padded() -> CoreConfig:
    """Return a configuration in which nothing fits exactly: several tiles, and padding everywhere."""
    return CoreConfig.model_validate(
        {
            "name": "padded",
            "network": {"inputs": 11, "input_bits": 2, "hidden": [5, 7], "classes": 3},
            "array": {"rows": 8, "cols": 4, "rows_per_read": 4},
            "bayes": {"method": "scale-dropout", "p": [0.3, 0.5], "passes": 3, "max_passes": 6},
            "random": {"lfsr_width": 19, "draw_bits": 5, "seed": 0x5A5A5},
            "logits": {"width": 6, "fraction": 3, "gain_width": 4, "offset_width": 6, "max_shift": 4},
            "ports": {"pixels_per_beat": 2},
        }
    )


@functools.cache
def tiny() -> CoreConfig:
    """Return the named configuration ``tiny``."""
    return CoreConfig.load("tiny")


@functools.cache
def digits() -> CoreConfig:
    """Return the named configuration ``digits``."""
    return CoreConfig.load("digits")


@functools.cache
def dropping(method: str, units: int, *, maps: bool = False) -> CoreConfig:
    """Return a configuration with two hidden layers whose channels have their own bits."""
    convolutions = [{"channels": 3}, {"channels": 3}]
    network = (
        {"inputs": 6, "image": [2, 3, 1], "convolutions": convolutions} if maps else {"inputs": 4, "hidden": [5, 3]}
    )
    return CoreConfig.model_validate(
        {
            "name": "dropping",
            "network": network | {"input_bits": 1, "classes": 2},
            "array": {"rows": 4, "cols": 4, "rows_per_read": 2},
            "bayes": {"method": method, "p": [0.3, 0.5], "passes": 2, "max_passes": 3},
            "random": {"lfsr_width": 9, "draw_bits": 3, "seed": 5, "units": units},
        }
    )


@functools.cache
def sampling(*, maps: bool) -> CoreConfig:
    """Return a configuration with levels, whose counts are compared in several cycles."""
    network = {"inputs": 2, "image": [1, 2, 1], "convolutions": [{"channels": 3, "kernel": 1}]}
    return CoreConfig.model_validate(
        {
            "name": "sampling",
            "network": (network if maps else {"inputs": 3, "hidden": [3]}) | {"input_bits": 2, "classes": 2},
            "array": {"rows": 4, "cols": 4 if maps else 2, "rows_per_read": 2},
            "bayes": {"method": "subset-vi", "levels": 4, "passes": 2, "max_passes": 3},
            "random": {"lfsr_width": 9, "draw_bits": 4, "seed": 5, "units": 2},
            "hardware": {"planes_per_cycle": 2},
        }
    )


@functools.cache
def macro(**fields: object) -> CoreConfig:
    """Return a padded configuration with two row tiles of macros, whose section has these fields."""
    return CoreConfig.model_validate(
        {
            "name": "macro",
            "network": {"inputs": 11, "input_bits": 1, "hidden": [2], "classes": 2},
            "array": {"rows": 8, "cols": 2, "rows_per_read": 4},
            "bayes": {"method": "sampled-weights", "weight_bits": 2, "passes": 1, "max_passes": 1},
            "random": {"lfsr_width": 9, "draw_bits": 3, "seed": 5},
            "macro": fields,
        }
    )


@functools.cache
def drawing(sampling: str, generators: int) -> CoreConfig:
    """Return a configuration whose weights are drawn, with two tiles each way and two planes in the first layer."""
    return CoreConfig.model_validate(
        {
            "name": "drawing",
            "network": {"inputs": 7, "input_bits": 2, "hidden": [6], "classes": 2},
            "array": {"rows": 4, "cols": 4, "rows_per_read": 2},
            "bayes": {
                "method": "sampled-weights",
                "weight_bits": 3,
                "sampling": sampling,
                "generators": generators,
                "passes": 2,
                "max_passes": 3,
            },
            "random": {"lfsr_width": 9, "draw_bits": 3, "seed": 5},
        }
    )


@functools.cache
def images() -> CoreConfig:
    """Return a configuration with several positions, planes and beats a position, a residual, and pooling."""
    return _convolutional(
        "images", [4, 6, 2], [{"channels": 3}, {"channels": 3, "skip": 0, "skip_gain": 5, "pool": 2}], bits=2
    )


@functools.cache
def strides() -> CoreConfig:
    """Return a configuration with odd sizes and every other window, and windows of one position after them."""
    return _convolutional("strides", [5, 4, 1], [{"channels": 2, "stride": 2}, {"channels": 2, "kernel": 1}])


@functools.cache
def row() -> CoreConfig:
    """Return a configuration with a row of positions, each of several beats and planes."""
    return _convolutional("row", [1, 3, 2], [{"channels": 2}], bits=2)


@functools.cache
def pixel() -> CoreConfig:
    """Return a configuration with a single position, all of whose neighbours are the border."""
    return _convolutional("pixel", [1, 1, 2], [{"channels": 2}])


@functools.cache
def two() -> CoreConfig:
    """Return a configuration with two neurons that compare with their mean."""
    return _with_means(smallest(), "two", [0.5])


@functools.cache
def six() -> CoreConfig:
    """Return a configuration with maps of three positions and two channels that compare with their mean."""
    return _with_means(_convolutional("six", [1, 3, 1], [{"channels": 2, "kernel": 1}]), "six", [0.5])


def _with_means(config: CoreConfig, name: str, p: list[float]) -> CoreConfig:
    bayes = {"method": "affine-dropout", "p": p, "passes": 2, "max_passes": 2}
    return CoreConfig.model_validate({**config.model_dump(exclude={"bayes"}), "name": name, "bayes": bayes})


def _convolutional(name: str, image: list[int], convolutions: list[dict[str, int]], *, bits: int = 1) -> CoreConfig:
    return CoreConfig.model_validate(
        {
            "name": name,
            "network": {
                "inputs": math.prod(image),
                "input_bits": bits,
                "image": image,
                "convolutions": convolutions,
                "classes": 2,
            },
            "array": {"rows": 12, "cols": 4, "rows_per_read": 4},
            "bayes": {"method": "scale-dropout", "p": [0.5] * len(convolutions), "passes": 2, "max_passes": 3},
        }
    )


@functools.cache
def prefixes(hidden: int) -> CoreConfig:
    """Return a configuration whose passes have weights, with ``hidden`` layers and few bits a draw."""
    return CoreConfig.model_validate(
        {
            "name": f"prefixes_{hidden}",
            "network": {"inputs": 2, "input_bits": 1, "hidden": [2] * hidden, "classes": 2},
            "array": {"rows": 2, "cols": 2, "rows_per_read": 2},
            "bayes": {"method": "scale-dropout", "order": "prefix", "p": [0.5] * hidden, "passes": 2, "max_passes": 3},
            "random": {"lfsr_width": 8, "draw_bits": 2, "seed": 1},
        }
    )
