"""Logits of a data set in RTL, as a file."""

import dataclasses
import hashlib
import io
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from hdl.config import CoreConfig, InputError
from hdl.contract import ArrayFile

from ..base.files import read
from .simulation_record import SimulationRecord

__all__ = ["LogitsFile"]

#: Member with the digest of the figures that the logits are of.
_FIGURES = "figures"

#: Bytes of a value, at the most, and of the digest.
_VALUE, _DIGEST = 8, 256


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class LogitsFile:
    """Contents of ``simulate.npz``."""

    logits: npt.NDArray[np.int32]
    """Logits of the RTL, shape (n, passes, classes)."""

    golden_logits: npt.NDArray[np.int32]
    """Logits of the integer model, of the same shape."""

    labels: npt.NDArray[np.integer] | None
    """Labels of the inputs, shape (n,), None for random pixels."""

    weights: npt.NDArray[np.integer] | None
    """How often each pass counts, shape (n, passes), where passes have weights."""

    float_logits: npt.NDArray[np.floating] | None
    """Logits of the float network with the same masks, of the shape of the others, where its checkpoint was there."""

    def to_bytes(self, figures: bytes) -> bytes:
        """Return the contents of the file beside the contents ``figures`` of ``simulate.json``."""
        present = {name: value for name, value in vars(self).items() if value is not None}
        file = io.BytesIO()
        np.savez_compressed(file, allow_pickle=False, **present, **{_FIGURES: np.array(_digest(figures))})
        return file.getvalue()

    @classmethod
    def read(cls, path: Path, config: CoreConfig, simulation: Path, record: SimulationRecord, made_by: str) -> Self:
        """Return the logits in ``path``, of the ``simulation`` of ``config`` that has these figures.

        Raises
        ------
        InputError
            The file is missing, damaged, or of another simulation.
        """
        again = f"run `{made_by}` again"
        masks = config.stochastic.masks if config.passes_weighted else 0
        values = record.inputs * max(record.passes, masks, 1) * config.network.classes
        arrays = _arrays(path, read(path, made_by), most=_VALUE * values + _DIGEST, remedy=again)
        names = [each.name for each in dataclasses.fields(cls)]
        for name in (*names[:2], _FIGURES):
            if name not in arrays:
                raise InputError(f"{path} must have the array {name}, and has not: {again}")
        for name in arrays.keys() - {*names, _FIGURES}:
            raise InputError(f"{path} must have no array {name}: {again}")
        if str(arrays.pop(_FIGURES)) != _digest(read(simulation, made_by)):
            raise InputError(f"{path} must be of the same simulation as {simulation}, and is not: {again}")
        found = cls(**{name: arrays.get(name) for name in names})  # type: ignore[arg-type]
        found._check(path, config, record, again)
        return found

    def _check(self, path: Path, config: CoreConfig, record: SimulationRecord, again: str) -> None:
        shape = self.logits.shape
        steps = record.passes if self.weights is None else shape[1] if len(shape) > 1 else 0
        whole = (record.inputs, steps, config.network.classes)
        wanted: dict[str, tuple[tuple[int, ...], Any]] = {
            "logits": (whole, np.integer),
            "golden_logits": (whole, np.integer),
            "labels": (whole[:1], np.integer),
            "weights": (whole[:2], np.integer),
            "float_logits": ((record.inputs, record.passes, config.network.classes), np.floating),
        }
        for name, (expected, kind) in wanted.items():
            array = getattr(self, name)
            if array is not None and (array.shape != expected or not np.issubdtype(array.dtype, kind)):
                raise InputError(
                    f"{path}: {name} must be {kind.__name__} of shape {expected}, "
                    f"not {array.dtype} of shape {array.shape}: {again}"
                )
        if (self.labels is None) != (record.random_pixels is not None):
            raise InputError(f"{path}: labels must be there for a data set, and only then: {again}")
        if self.labels is not None and not ((self.labels >= 0) & (self.labels < config.network.classes)).all():
            raise InputError(f"{path}: labels must be classes, 0 to {config.network.classes - 1}: {again}")
        if self.weights is not None and not record.exact:
            totals = self.weights.sum(axis=1)
            if (self.weights < 0).any() or (totals != record.passes).any():
                raise InputError(f"{path}: weights must be counts that add up to {record.passes} passes: {again}")
        if self.float_logits is not None and not np.isfinite(self.float_logits).all():
            raise InputError(f"{path}: float_logits must be finite: {again}")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _arrays(path: Path, content: bytes, *, most: int, remedy: str) -> dict[str, npt.NDArray]:
    """Return all arrays, none of which may have more than ``most`` bytes."""
    try:
        file = ArrayFile(content)
        return {name: file.read(name, most=most) for name in sorted(file.names)}
    except ValueError:
        raise InputError(f"{path} must be whole, and is not: {remedy}") from None
