"""Configuration of a core for a network from outside."""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from hdl.config import CoreConfig, InputError

from .network import ForeignLayer, ForeignNetwork

__all__ = ["METHODS", "drops_of", "to_document"]

#: Methods that a network can get after the fact, the first without `--method`.
METHODS = ("spin-dropout", "spatial-dropout")

#: Word lines and columns of an array, word lines of a read, and pixels of a beat, where no configuration tells.
_ROWS, _COLS, _LINES, _PIXELS = 256, 256, 32, 8

#: Least and most bits of a logit, after its point, of a gain, of an offset, and of a shift's value.
_WIDTH, _FRACTION, _GAIN, _OFFSET, _SHIFT = (12, 24), (6, 23), (12, 24), (24, 32), (15, 31)

#: Data sets by shape of an image: height, width and channels.
_DATA_SETS = {(28, 28, 1): "fashion", (32, 32, 3): "cifar10", (8, 8, 1): "digits"}

#: The data set of networks of other shapes, which nothing but training and simulation on images reads.
_OTHER_DATA = "digits"


def drops_of(network: ForeignNetwork, rate: float | None) -> tuple[float, ...]:
    """Return the probability of dropping of each hidden layer: ``rate``, or without it those of the network itself.

    Raises
    ------
    InputError
        The network has no dropout behind a sign, or the rate is not between 0 and 1.
    """
    hidden = network.layers[:-1]
    if rate is not None:
        if not 0 < rate < 1:
            raise InputError(f"dropout must be between 0 and 1, both excluded, or 'graph', not {rate:g}")
        return (rate,) * len(hidden)
    if not any(layer.drop for layer in hidden):
        raise InputError("dropout must be a number: the network has no dropout behind a sign of its own")
    return tuple(float(layer.drop or 0) for layer in hidden)


def to_document(
    network: ForeignNetwork, *, name: str, like: CoreConfig | None, method: str, drops: Sequence[float]
) -> dict[str, Any]:
    """Return the document of a configuration for ``network``, to be read by :class:`hdl.config.CoreConfig`.

    Parameters
    ----------
    network
        The network.
    name
        Name of the core.
    like
        Configuration whose arrays, ports, stochastic units, passes, measures and hardware options are taken.
    method
        `none`, or one of :data:`METHODS`.
    drops
        Probability of dropping of each hidden layer; none with `none`.
    """
    coding, layers = network.coding, network.layers
    image, inputs = coding.image, math.prod(coding.shape)
    convolutions = [layer for layer in layers if layer.convolved is not None]
    shape: dict[str, Any] = {"inputs": inputs, "input_bits": coding.quantizer.bits}
    if image is not None:
        shape["image"] = list(image)
    shape |= {
        "hidden": [len(layer.weights) for layer in layers[len(convolutions) : -1]],
        "classes": len(layers[-1].weights),
        "convolutions": [_convolution(layer) for layer in convolutions],
    }
    document: dict[str, Any] = {"name": name, "data": {"set": _data_set(network)}, "network": shape}
    taken = {} if like is None else like.model_dump(mode="json", exclude_unset=True)
    array = taken.get("array", {"rows": _ROWS, "cols": _COLS, "rows_per_read": _LINES})
    # What is told for each layer is of networks with as many.
    by_layer = [key for key in ("folding", "column_folding") if len(array.get(key, ())) != len(layers)]
    array = {key: value for key, value in array.items() if key not in by_layer}
    document["array"] = array
    document["bayes"] = _bayes(like, method, drops)
    kept = ("random", "predictive", "hardware", *(("self_test",) if method != "none" else ()))
    document |= {section: taken[section] for section in kept if section in taken}
    lines = array["folding"][0] if "folding" in array else array["rows_per_read"]
    whole = image[2] if convolutions and image is not None else lines
    beat = whole if like is None and convolutions else taken.get("ports", {}).get("pixels_per_beat", _PIXELS)
    document["ports"] = {"pixels_per_beat": math.gcd(beat, whole)}
    return document | {"logits": _logits(layers[-1], min((1 - Fraction(p) for p in drops[-1:]), default=Fraction(1)))}


def _convolution(layer: ForeignLayer) -> dict[str, int]:
    if layer.convolved is None:
        raise TypeError(f"layer must be a convolution, not {layer.node}")
    found = {"channels": len(layer.weights), "kernel": layer.convolved.kernel, "stride": layer.convolved.stride}
    return found | {"padding": layer.convolved.padding, "pool": layer.convolved.pool}


def _data_set(network: ForeignNetwork) -> str:
    """Return the data set of that shape, or the default, which nothing but training and simulation on images reads."""
    shape = network.coding.image
    if shape is None:
        pixels = network.coding.shape[0]
        side = math.isqrt(pixels)
        # Only a square has the shape of images.
        shape = (side, pixels // side, 1)
        if math.prod(shape) != pixels:
            return _OTHER_DATA
    return _DATA_SETS.get(shape, _OTHER_DATA)


def _bayes(like: CoreConfig | None, method: str, drops: Sequence[float]) -> Mapping[str, Any]:
    if method == "none":
        return {"method": method}
    counts: Mapping[str, Any] = {}
    if like is not None and like.bayes.scheme.stochastic:
        counts = like.bayes.model_dump(mode="json")
    passes: dict[str, Any] = {key: counts[key] for key in ("passes", "max_passes") if key in counts}
    return {"method": method, "p": list(drops), **passes}


def _logits(last: ForeignLayer, kept: Fraction) -> dict[str, int]:
    """Return formats in which no logit saturates, and in which z that differ give logits that do, as far as they can.

    A fraction of ``kept`` of what the last layer sees is not dropped, so that its gains are larger.
    """
    most = last.weights.shape[1]
    slopes = [abs(float(line.slope)) / float(kept) for line in last.lines]
    offsets = [abs(float(line.offset)) + slope * most for line, slope in zip(last.lines, slopes, strict=True)]
    largest = max(slope * most + offset for slope, offset in zip(slopes, offsets, strict=True))
    whole = max(_bits(largest), 1)
    if whole >= _WIDTH[1]:
        most_whole = _WIDTH[1] - 1
        raise InputError(f"dropout must leave logits less than 2^{most_whole}, not {largest:.3g}: drop less")
    # Two counts next to each other are 2 apart in z.
    finest = min((slope for slope in slopes if slope), default=1.0)
    fraction = _within(_FRACTION, -math.floor(math.log2(finest)), _WIDTH[1] - 1 - whole)
    shift = _within(_SHIFT, most.bit_length() + 1)
    return {
        "width": _within(_WIDTH, whole + fraction + 1),
        "fraction": fraction,
        "gain_width": _within(_GAIN, _bits(max(slopes) * 2.0 ** (fraction + shift)) + 1),
        "offset_width": _within(_OFFSET, _bits(max(offsets) * 2.0 ** (fraction + shift)) + 1),
        "max_shift": shift,
    }


def _bits(value: float) -> int:
    """Return the least n ≥ 0 with ``value`` < 2^n."""
    return max(math.frexp(value)[1], 0)


def _within(bounds: tuple[int, int], wanted: int, most: int | None = None) -> int:
    """Return ``wanted`` as far as ``bounds`` allow it, and at most ``most`` where that is not negative."""
    highest = bounds[1] if most is None else max(min(bounds[1], most), 0)
    return min(max(wanted, min(bounds[0], highest)), highest)
