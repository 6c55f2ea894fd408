"""Random convolutions, for tests without training."""

from typing import Any

import numpy as np

__all__ = ["random_convolutions", "random_image"]

#: Probabilities that a convolution has the usual border, pools where it can, and adds a residual that fits.
_USUAL_BORDER, _POOLED, _ADDED = 0.5, 0.5, 0.7

_KERNELS = (1, 3, 5)


def random_image(rng: np.random.Generator) -> tuple[int, int, int]:
    """Return height, width and channels of a small image of at least two pixels."""
    height, width, channels = rng.integers(1, (7, 7, 3), endpoint=True).tolist()
    return height, width, channels if height * width > 1 else channels + 1


def random_convolutions(rng: np.random.Generator, image: tuple[int, int, int]) -> list[dict[str, Any]]:
    """Return one to four convolutions over ``image``, as fields of `network.convolutions`.

    It covers all choices down to the smallest sizes: even and odd maps, single positions, strides, borders, pools,
    residuals.
    """
    convolutions: list[dict[str, Any]] = []
    # Shape of the map of each convolution, and whether it keeps the size of its own input.
    shapes: list[tuple[int, int, int]] = []
    keeps: list[bool] = []
    height, width, _ = image
    for _ in range(int(rng.integers(1, 4, endpoint=True))):
        kernel, border = _window(rng, min(height, width))
        stride = int(rng.integers(1, 2, endpoint=True))
        rows, cols = ((side + 2 * border - kernel) // stride + 1 for side in (height, width))
        channels = int(rng.integers(2, 5, endpoint=True))
        fields = {"kernel": kernel, "padding": border, "stride": stride}
        if stride == 1 and rng.random() < _ADDED:
            fields |= _skip(rng, (rows, cols), shapes, keeps)
            channels = shapes[fields["skip"]][2] if "skip" in fields else channels
        pool = 2 if rows % 2 == cols % 2 == 0 and rng.random() < _POOLED else 1
        keeps.append(stride == 1 and pool == 1)
        height, width = rows // pool, cols // pool
        shapes.append((height, width, channels))
        convolutions.append({"channels": channels, "pool": pool, **fields})
    return convolutions


def _window(rng: np.random.Generator, side: int) -> tuple[int, int]:
    """Return kernel and border of a window that fits ``side`` positions."""
    fitting = [
        (kernel, border) for kernel in _KERNELS for border in range(kernel // 2 + 1) if kernel <= side + 2 * border
    ]
    usual = [(kernel, border) for kernel, border in fitting if border == kernel // 2]
    kernel, border = rng.choice(usual if rng.random() < _USUAL_BORDER else fitting).tolist()
    return kernel, border


def _skip(
    rng: np.random.Generator, size: tuple[int, int], shapes: list[tuple[int, int, int]], keeps: list[bool]
) -> dict[str, int]:
    """Return a residual from a convolution of maps of ``size``, a size that all later ones keep; or none."""
    sources = [index for index, shape in enumerate(shapes) if shape[:2] == size and all(keeps[index + 1 :])]
    if not sources:
        return {}
    return {"skip": int(rng.choice(sources)), "skip_gain": int(rng.integers(1, 9, endpoint=True))}
