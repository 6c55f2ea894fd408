"""Tensors as bytes with a digest of all of them."""

import hashlib
import re
from collections.abc import Mapping

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

__all__ = ["seal", "unseal"]

#: Name of the digest in the header of the file.
_NAME = "sha256"

#: Stands for the digest where the digest is computed, of the same length.
_PLACE = "0" * (2 * hashlib.sha256().digest_size)

_DIGEST = re.compile(rf'"{_NAME}":"([0-9a-f]{{{len(_PLACE)}}})"'.encode())

#: Bytes before the header, which are its length.
_LENGTH = 8


def seal(tensors: Mapping[str, torch.Tensor]) -> bytes:
    """Return ``tensors`` as a safetensors file with the digest of the whole file, itself being zeros in it."""
    plain = save(dict(tensors), metadata={_NAME: _PLACE})
    return plain.replace(_PLACE.encode(), hashlib.sha256(plain).hexdigest().encode(), 1)


def unseal(content: bytes) -> dict[str, torch.Tensor]:
    """Return the tensors that :func:`seal` made a file of.

    Raises
    ------
    ValueError
        Any bit of the file is another one.
    """
    header = content[: _LENGTH + int.from_bytes(content[:_LENGTH], "little")]
    found = _DIGEST.search(header)
    if found is None:
        raise ValueError("there is no digest")
    start, end = found.span(1)
    plain = b"".join((content[:start], _PLACE.encode(), content[end:]))
    if hashlib.sha256(plain).hexdigest().encode() != found[1]:
        raise ValueError("the digest is that of other contents")
    try:
        return load(content)
    except SafetensorError as error:
        raise ValueError(str(error)) from None
