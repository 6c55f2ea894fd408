"""Beats as bytes, lowest first, many at a time."""

import numpy as np
import numpy.typing as npt
from amaranth.hdl import Shape
from amaranth.lib import data

from hdl.axi import stream_width

__all__ = ["pack", "stream_bytes", "unpack"]


def stream_bytes(layout: data.Layout) -> int:
    """Return the bytes of one beat on its stream."""
    return stream_width(layout.size) // 8


def pack(values: npt.NDArray[np.int64], width: int, size: int) -> npt.NDArray[np.uint8]:
    """Put fields of one width side by side, the first lowest.

    Parameters
    ----------
    values
        Shape (beats, fields), unsigned.
    width
        Bits of a field.
    size
        Bytes of a beat; those above the fields are 0.

    Returns
    -------
    Bytes of shape (beats, size).
    """
    bits = (values[..., None] >> np.arange(width)).astype(np.uint8) & 1
    packed = np.packbits(bits.reshape(len(values), -1), axis=1, bitorder="little")
    return np.pad(packed, ((0, 0), (0, size - packed.shape[1])))


def unpack(beats: npt.NDArray[np.uint8], layout: data.StructLayout) -> dict[str, npt.NDArray[np.int64]]:
    """Take a structure of numbers apart.

    Parameters
    ----------
    beats
        Bytes of shape (beats, size); those above the layout do not matter.
    layout
        Members of at most 63 bits each.

    Returns
    -------
    Values of shape (beats,) by name of the member, with their signs.
    """
    bits = np.unpackbits(beats, axis=1, bitorder="little").astype(np.int64)
    members = {}
    for name, field in layout:
        shape = Shape.cast(field.shape)
        weights = 2 ** np.arange(shape.width, dtype=np.int64)
        if shape.signed:
            weights[-1] = -weights[-1]
        members[name] = bits[:, field.offset : field.offset + shape.width] @ weights
    return members
