"""Beats as bytes, lowest first, many at a time."""

import numpy as np
import numpy.typing as npt
from amaranth.hdl import Shape
from amaranth.lib import data

__all__ = ["pack", "pack_members", "size_of", "unpack"]


def size_of(layout: data.Layout) -> int:
    """Return the bytes of one beat."""
    return -(-layout.size // 8)


def pack(values: npt.NDArray[np.int64], width: int) -> npt.NDArray[np.uint8]:
    """Put fields of one width side by side, the first lowest.

    Parameters
    ----------
    values
        Shape (beats, fields), unsigned.
    width
        Bits of a field.

    Returns
    -------
    Bytes of shape (beats, size).
    """
    bits = (values[..., None] >> np.arange(width)).astype(np.uint8) & 1
    return np.packbits(bits.reshape(len(values), -1), axis=1, bitorder="little")


def pack_members(members: dict[str, npt.NDArray[np.int64]], layout: data.StructLayout) -> npt.NDArray[np.uint8]:
    """Put a structure of unsigned numbers together: the inverse of :func:`unpack`.

    Parameters
    ----------
    members
        Values of shape (beats,) by name of the member.
    layout
        Their places.

    Returns
    -------
    Bytes of shape (beats, size).
    """
    count = len(next(iter(members.values())))
    bits = np.zeros((count, layout.size), dtype=np.uint8)
    for name, values in members.items():
        field = layout[name]
        bits[:, field.offset : field.offset + field.width] = values[:, None] >> np.arange(field.width) & 1
    return np.packbits(bits, axis=1, bitorder="little")


def unpack(beats: npt.NDArray[np.uint8], layout: data.StructLayout) -> dict[str, npt.NDArray[np.int64]]:
    """Take a structure of numbers apart.

    Parameters
    ----------
    beats
        Bytes of shape (beats, size).
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
