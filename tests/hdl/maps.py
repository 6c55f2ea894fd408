"""Feature maps and their windows, in numpy."""

import numpy as np

from cocotb_tests.agents.lanes import from_bits


def random_map(rng, source):
    """Return a feature map of shape (height, width, channels)."""
    return rng.integers(0, 2**source.bits, (source.height, source.width, source.channels))


def random_tag(rng, config):
    return {"mask": int(rng.integers(0, 2**config.stochastic.mask_width)), "last": int(rng.integers(0, 2))}


def plane_bits(values):
    """Return numbers as one word, plane by plane."""
    values = np.asarray(values).ravel()
    planes = max(1, int(values.max(initial=0)).bit_length())
    return from_bits(np.concatenate([values >> plane & 1 for plane in range(planes)]))


def positions(feature_map):
    """Return a map position by position, shape (positions, channels)."""
    return feature_map.reshape(-1, feature_map.shape[-1])


def windows(feature_map, *, kernel, stride, padding):
    """Return the windows that slide over a map, shape (windows, inputs)."""
    padded = np.pad(feature_map, ((padding, padding), (padding, padding), (0, 0)))
    views = np.lib.stride_tricks.sliding_window_view(padded, (kernel, kernel), axis=(0, 1))[::stride, ::stride]
    # Channels come last, fastest.
    return np.moveaxis(views, 2, -1).reshape(-1, kernel * kernel * feature_map.shape[-1])
