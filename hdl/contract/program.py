"""Program of a core: configuration and trained integers.

The contract between golden and hardware.
"""

import dataclasses
import io
import json
from collections.abc import Mapping, Sized
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ..config import CoreConfig, InputError, Layer, brief, read_file
from .array_file import ArrayFile

__all__ = ["SCHEMA", "Program"]

#: Version of the file format. A file of another version is refused.
SCHEMA = 1

Integers = npt.NDArray[np.int64]

#: Type of probability codes in a file, which is compressed.
_CODES = np.uint16

#: Members that do not belong to a layer.
_PLAIN = ("schema", "config", "config_hash", "provenance", "gains", "offsets", "shifts", "codes", "seed")

#: Beginning of a file that is one array.
_SINGLE = b"\x93NUMPY"

#: Bytes of the largest file, of a number in it with room for a wrong shape to be told, and letters of the longest text.
_MOST_BYTES, _SPARE, _LONGEST = 2**30, 16, 2**14

#: Largest integer of a Program.
_LARGEST = np.iinfo(np.int64).max


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Program:
    """All integers of one trained core.

    Shapes and ranges are checked on construction.

    Raises
    ------
    InputError
        A member has the wrong shape or a value out of range; the message names it.
    """

    config: CoreConfig
    """Geometry that the integers are for."""

    weights: tuple[Integers, ...]
    """Per layer, shape (outputs, inputs), or (sets, outputs, inputs) where there are several: 1 is +1 and 0 is -1.

    Where weights are drawn these are their probability codes, 0 to 2^k − 1: P(+1) is code / 2^k, and 1 for the largest.
    """

    neurons: tuple[Mapping[str, Integers], ...]
    """Members of each hidden layer by name, each of shape (outputs, choices) or (outputs,).

    For most schemes `thresholds`, 0 to threshold_max, on the agreement count P, and `flips`, 0 or 1: a neuron gives
    (P ≥ threshold) XOR flip. Where a mask bit chooses, entry 0 is for a dropped and entry 1 for a kept scale.
    """

    gains: Integers
    """Logit correction, shape (classes,), signed."""

    offsets: Integers
    """Logit correction, shape (classes,), signed."""

    shifts: Integers
    """Logit correction, shape (classes,), 0 to max_shift."""

    codes: Integers
    """Drop codes, shape (codes,): a draw below its code drops. One code for each mask bit, or for each hidden layer."""

    seed: int
    """State of the first stochastic unit before its first draw; it determines the states of the others."""

    provenance: dict[str, str] = dataclasses.field(default_factory=dict)
    """Origin of the integers: versions, training seed."""

    def __post_init__(self) -> None:
        config = self.config
        _check_count("weights", self.weights, len(config.layers))
        _check_count("neurons", self.neurons, len(config.hidden_layers))
        for layer, weights in zip(config.layers, self.weights, strict=True):
            shape = (layer.outputs, layer.inputs) if layer.sets == 1 else (layer.sets, layer.outputs, layer.inputs)
            _check(f"weights_{layer.index}", weights, shape, 0, 2**layer.weight_bits - 1)
        for layer, neurons in zip(config.hidden_layers, self.neurons, strict=True):
            names = tuple(member.name for member in layer.neuron_fields)
            if set(neurons) != set(names):
                raise InputError(f"neurons_{layer.index} must have {', '.join(names)}, not {', '.join(neurons)}")
            for member in layer.neuron_fields:
                wanted = member.shape(layer.outputs, layer.choices)
                _check(f"{member.name}_{layer.index}", neurons[member.name], wanted, member.lowest, member.highest)
        classes = (config.network.classes,)
        _check("gains", self.gains, classes, *_signed(config.logits.gain_width))
        _check("offsets", self.offsets, classes, *_signed(config.logits.offset_width))
        _check("shifts", self.shifts, classes, 0, config.logits.max_shift)
        _check("codes", self.codes, (len(config.stochastic.drop_codes),), 0, 2**config.random.draw_bits - 1)
        _check("seed", np.array(self.seed), (), 1, 2**config.random.lfsr_width - 1)

    @property
    def thresholds(self) -> tuple[Integers, ...]:
        """Thresholds of each hidden layer, shape (outputs, choices), where the scheme has any."""
        return tuple(neurons["thresholds"] for neurons in self.neurons)

    @property
    def flips(self) -> tuple[Integers, ...]:
        """Polarities of each hidden layer, shape (outputs,), where the scheme has any."""
        return tuple(neurons["flips"] for neurons in self.neurons)

    def to_bytes(self) -> bytes:
        """Return the contents of a Program file; the same Program gives the same bytes."""
        members = {
            "schema": np.array(SCHEMA),
            "config": _text(self.config.model_dump_json()),
            "config_hash": _text(self.config.hash),
            "provenance": _text(json.dumps(self.provenance, sort_keys=True)),
            "gains": self.gains,
            "offsets": self.offsets,
            "shifts": self.shifts,
            "codes": self.codes,
            "seed": np.array(self.seed, dtype=np.uint64),
        }
        for layer, weights in zip(self.config.layers, self.weights, strict=True):
            members[f"weights_{layer.index}"] = (
                np.packbits(weights.astype(np.uint8), axis=-1, bitorder="little")
                if layer.sampling is None
                else weights.astype(_CODES)
            )
        for index, neurons in enumerate(self.neurons):
            members |= {f"{name}_{index}": values for name, values in neurons.items()}
        file = io.BytesIO()
        np.savez_compressed(file, allow_pickle=False, **members)
        return file.getvalue()

    @classmethod
    def load(cls, path: str | Path, config: CoreConfig | None = None) -> Self:
        """Read a Program file.

        Parameters
        ----------
        path
            An ``.npz`` file written from :meth:`to_bytes`.
        config
            Configuration that the file must be for; without it, the one in the file is taken.

        Raises
        ------
        InputError
            The file is missing, truncated, of another schema or for another configuration, or a
            member is missing or out of range.
        """
        members = _Members(path)
        schema = members.integer("schema")
        if schema != SCHEMA:
            raise InputError(f"{path}: schema must be {SCHEMA}, not {schema}")
        config_hash = members.text("config_hash")
        if config is None:
            config = _config(path, members.text("config"))
        if config_hash != config.hash:
            raise InputError(
                f"{path}: config_hash must be {config.hash[:12]}… of configuration {config.name!r}, "
                f"not {brief(config_hash[:12])[1:-1]}…: lower again, or give the configuration it was made from"
            )
        layers = config.layers
        for name in sorted(members.names - {*_PLAIN, *(name for each in layers for name in _names(each))}):
            raise InputError(f"{path}: {brief(name)[1:-1]} is not known")
        try:
            return cls(
                config=config,
                weights=tuple(
                    _weights(members.array(f"weights_{layer.index}", layer.inputs * layer.outputs * layer.sets), layer)
                    for layer in layers
                ),
                neurons=tuple(
                    {
                        each.name: _integers(members.array(f"{each.name}_{layer.index}", layer.outputs * layer.choices))
                        for each in layer.neuron_fields
                    }
                    for layer in config.hidden_layers
                ),
                gains=_integers(members.array("gains", config.network.classes)),
                offsets=_integers(members.array("offsets", config.network.classes)),
                shifts=_integers(members.array("shifts", config.network.classes)),
                codes=_integers(members.array("codes", len(config.stochastic.drop_codes))),
                seed=members.integer("seed"),
                provenance=_provenance(path, members.text("provenance")),
            )
        except InputError as error:
            text = str(error)
            raise InputError(text if text.startswith(str(path)) else f"{path}: {text}") from None


class _Members:
    """Members of a Program file."""

    def __init__(self, path: str | Path) -> None:
        self._path = path
        try:
            content = read_file(Path(path), most=_MOST_BYTES)
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
        if content[: len(_SINGLE)] == _SINGLE:
            raise InputError(f"{path}: must be a Program (.npz), not a single array")
        try:
            self._file = ArrayFile(content)
        except ValueError:
            raise self._damaged() from None

    @property
    def names(self) -> frozenset[str]:
        """Names of all members."""
        return self._file.names

    def array(self, name: str, count: int) -> npt.NDArray:
        """Return a member that should have ``count`` numbers."""
        if name not in self._file.names:
            raise InputError(f"{self._path}: {name} is missing")
        try:
            found = self._file.read(name, most=_SPARE * (count + 1))
        except ValueError:
            raise self._damaged() from None
        if not found.size and name != "codes":
            raise InputError(f"{self._path}: {name} is missing")
        return found

    def integer(self, name: str) -> int:
        """Return a member that is one integer."""
        array = self.array(name, 1)
        if array.shape or not np.issubdtype(array.dtype, np.integer):
            raise InputError(f"{self._path}: {name} must be one integer, not {array.dtype} of shape {array.shape}")
        return int(array)

    def text(self, name: str) -> str:
        """Return a member that is text, empty where it is something else."""
        array = self.array(name, _LONGEST)
        try:
            return array.tobytes().decode() if array.dtype == np.uint8 else ""
        except UnicodeDecodeError:
            return ""

    def _damaged(self) -> InputError:
        return InputError(f"{self._path}: must be a whole Program (.npz), not a damaged or truncated one")


def _names(layer: Layer) -> tuple[str, ...]:
    """Return the names of the members of a layer."""
    return (f"weights_{layer.index}", *(f"{each.name}_{layer.index}" for each in layer.neuron_fields))


def _signed(width: int) -> tuple[int, int]:
    """Return the smallest and the largest value of a signed field."""
    return -(2 ** (width - 1)), 2 ** (width - 1) - 1


def _check_count(name: str, values: Sized, count: int) -> None:
    if len(values) != count:
        raise InputError(f"{name} must be given for {count} layers, not {len(values)}")


def _check(name: str, value: npt.NDArray[np.integer], shape: tuple[int, ...], lowest: int, highest: int) -> None:
    if value.shape != shape:
        raise InputError(f"{name} must have shape {shape}, not {value.shape}")
    if not np.issubdtype(value.dtype, np.integer):
        raise InputError(f"{name} must hold integers, not {value.dtype}")
    if value.size and (int(value.min()) < lowest or int(value.max()) > highest):
        wrong = int(value.min()) if int(value.min()) < lowest else int(value.max())
        raise InputError(f"{name} must be between {lowest} and {highest}, not {wrong}")


def _provenance(path: str | Path, text: str) -> dict[str, str]:
    provenance = _json(text)
    if not isinstance(provenance, dict) or not all(isinstance(value, str) for value in provenance.values()):
        raise InputError(f"{path}: provenance must be a JSON object of texts, not {brief(text)}")
    return provenance


def _config(path: str | Path, text: str) -> CoreConfig:
    document = _json(text)
    if not isinstance(document, dict):
        raise InputError(f"{path}: config must be a JSON object, not {brief(text)}")
    return CoreConfig.from_document(document, f"{path}: config")


def _json(text: str) -> Any:
    """Return the value of JSON, None where the text is none."""
    try:
        return json.loads(text)
    # Thousands of brackets.
    except (ValueError, RecursionError):
        return None


def _text(text: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(text.encode(), dtype=np.uint8)


def _integers(array: npt.NDArray) -> Integers:
    """Return integers of any type in that of a Program; those that do not fit stay, to be refused with their value."""
    fits = np.issubdtype(array.dtype, np.integer) and (array.dtype != np.uint64 or (array <= _LARGEST).all())
    return array.astype(np.int64) if fits else array


def _weights(stored: npt.NDArray, layer: Layer) -> Integers:
    return _unpack(stored, layer.inputs) if layer.sampling is None else _integers(stored)


def _unpack(packed: npt.NDArray, inputs: int) -> Integers:
    if packed.dtype != np.uint8 or packed.ndim not in (2, 3) or packed.shape[-1] != -(-inputs // 8):
        raise InputError(f"weights must be packed in {-(-inputs // 8)} bytes a row, not {packed.shape}")
    return np.unpackbits(packed, axis=-1, bitorder="little", count=inputs).astype(np.int64)
