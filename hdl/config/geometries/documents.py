"""Configurations derived from each other."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["Document", "convolutional", "derived"]

#: A configuration in the form of its file.
Document = Mapping[str, Any]


def derived(base: Document, name: str, **sections: Any) -> Document:
    """Return ``base`` under another name, some of its sections replaced."""
    return {**base, "name": name, **sections}


def convolutional(
    name: str,
    image: Sequence[int],
    convolutions: Sequence[Mapping[str, int]],
    *,
    input_bits: int = 1,
    hidden: Sequence[int] = (),
    classes: int = 2,
    array: Sequence[Any] = (12, 4, 4),
    bayes: Mapping[str, Any] | None = None,
    pixels_per_beat: int = 1,
) -> Document:
    """Return a core that begins with ``convolutions``.

    Parameters
    ----------
    name
        Name of the core.
    image
        Height, width and channels.
    convolutions
        Members of each convolution, as in a file.
    input_bits, hidden, classes
        As in the section `network`.
    array
        Rows, columns, word lines driven at a time, and those of each layer where they differ.
    bayes
        The section, by default with bits of whole layers.
    pixels_per_beat
        As in the section `ports`.
    """
    layers = len(convolutions) + len(hidden)
    return {
        "name": name,
        "network": {
            "inputs": math.prod(image),
            "input_bits": input_bits,
            "image": image,
            "convolutions": convolutions,
            "hidden": hidden,
            "classes": classes,
        },
        "array": dict(zip(("rows", "cols", "rows_per_read", "folding"), array, strict=False)),
        "bayes": bayes or {"method": "scale-dropout", "p": [0.5] * layers, "passes": 2, "max_passes": 4},
        "random": {"lfsr_width": 19, "draw_bits": 5, "seed": 0x5A5A5},
        "logits": {"width": 8, "fraction": 3, "gain_width": 6, "offset_width": 9, "max_shift": 6},
        "ports": {"pixels_per_beat": pixels_per_beat},
    }
