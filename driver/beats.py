"""Layouts of the stream beats as bytes.

The fields of :mod:`hdl.streams.layouts`, lowest byte first, without Amaranth.
"""

import dataclasses

import numpy as np
import numpy.typing as npt

from hdl.config import CoreConfig

__all__ = ["Beat", "BeatField", "logit_beat", "pack_pixels", "pixel_beat", "result_beat"]

_BYTE = 8


@dataclasses.dataclass(frozen=True, kw_only=True)
class BeatField:
    """Bit field of a beat."""

    name: str
    """Name of the member in :mod:`hdl.streams.layouts`."""

    offset: int
    """Position of the lowest bit."""

    width: int
    """Width in bits, at most 63."""

    signed: bool
    """Whether the number is in two's complement."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Beat:
    """Beat of adjacent fields, the first lowest."""

    fields: tuple[BeatField, ...]
    """Fields, lowest first."""

    @classmethod
    def of(cls, *fields: tuple[str, int, bool]) -> "Beat":
        """Put fields, given as (name, width, signed), next to each other."""
        placed: list[BeatField] = []
        offset = 0
        for name, width, signed in fields:
            placed.append(BeatField(name=name, offset=offset, width=width, signed=signed))
            offset += width
        return cls(fields=tuple(placed))

    @property
    def width(self) -> int:
        """Width of all fields in bits."""
        return sum(field.width for field in self.fields)

    @property
    def octets(self) -> int:
        """Bytes of a beat on its stream: a power of two; the bits above the fields are 0."""
        return 1 << (-(-self.width // _BYTE) - 1).bit_length()

    def unpack(self, beats: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.int64]]:
        """Unpack beats: bytes of shape (beats, octets) into values of shape (beats,) by name of the field."""
        bits = np.unpackbits(beats, axis=1, bitorder="little").astype(np.int64)
        values = {}
        for field in self.fields:
            weights = 2 ** np.arange(field.width, dtype=np.int64)
            if field.signed:
                weights[-1] = -weights[-1]
            values[field.name] = bits[:, field.offset : field.offset + field.width] @ weights
        return values


def pixel_beat(config: CoreConfig) -> Beat:
    """Return the beat of the input stream: ``pixels_per_beat`` pixels."""
    pixel = ("pixel", config.network.input_bits, False)
    return Beat.of(*[pixel] * config.ports.pixels_per_beat)


def logit_beat(config: CoreConfig) -> Beat:
    """Return the beat of the stream of logits."""
    weight = [("weight", config.pass_weight_width, False)] if config.passes_weighted else []
    return Beat.of(
        ("value", config.logits.width, True), ("index", _index_width(config), False), ("last", 1, False), *weight
    )


def result_beat(config: CoreConfig) -> Beat:
    """Return the beat of the stream of results."""
    index, measures = _index_width(config), config.measures
    predictive: list[tuple[str, int, bool]] = []
    if measures is not None:
        entropies = ("predictive_entropy", "expected_entropy", "mutual_information")
        predictive = [
            ("probability", measures.probability_width, False),
            *((name, measures.entropy_width, False) for name in entropies),
            ("unknown", 1, False),
        ]
    return Beat.of(
        ("sum", config.sum_width, True),
        ("square", config.square_width, False),
        ("votes", config.pass_weight_width, False),
        ("index", index, False),
        ("winner", index, False),
        *predictive,
    )


def pack_pixels(pixels: npt.NDArray[np.integer], config: CoreConfig) -> npt.NDArray[np.uint8]:
    """Return the packets of inputs.

    Parameters
    ----------
    pixels
        Shape (n, inputs), 0 to 2^input_bits − 1.
    config
        Configuration of the core.

    Returns
    -------
    Bytes of shape (n, bytes of a packet); bits that belong to no pixel are 0
    """
    beat, width = pixel_beat(config), config.network.input_bits
    fields = np.zeros((len(pixels), config.beats_per_input * config.ports.pixels_per_beat), dtype=np.uint8)
    fields[:, : config.network.inputs] = pixels
    beats = fields.reshape(-1, config.ports.pixels_per_beat)
    bits = np.unpackbits(beats[:, :, None], axis=2, bitorder="little", count=width)
    packed = np.packbits(bits.reshape(len(beats), beat.width), axis=1, bitorder="little")
    padded = np.pad(packed, ((0, 0), (0, beat.octets - packed.shape[1])))
    return padded.reshape(len(pixels), config.beats_per_input * beat.octets)


def _index_width(config: CoreConfig) -> int:
    return (config.network.classes - 1).bit_length()
