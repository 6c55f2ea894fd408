"""Geometry of the arrays."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from .section import Section, Size

__all__ = ["ArrayConfig"]


def _is_empty(value: object) -> bool:
    """Return whether a field has no value of its own, so that files need not name it."""
    return not value


class ArrayConfig(Section):
    """Geometry of one compute-in-memory array."""

    rows: Size
    """Word lines."""

    cols: Size
    """Columns."""

    rows_per_read: Size
    """Word lines driven at a time."""

    folding: Annotated[tuple[Size, ...], Field(max_length=49)] = ()
    """Word lines driven at a time in each layer, where layers differ; one per layer."""

    cols_per_read: Annotated[Size | None, Field(exclude_if=_is_empty)] = None
    """Columns sensed at a time, a divisor of the columns: all of them by default. Fewer take less logic and, group of
    columns after group, more cycles. It changes no result, is not part of the configuration's hash, and any Program
    fits."""

    column_folding: Annotated[tuple[Size, ...], Field(max_length=49, exclude_if=_is_empty)] = ()
    """Columns sensed at a time in each layer, where layers differ; one per layer, instead of `cols_per_read`."""

    @model_validator(mode="after")
    def _check_reads(self) -> Self:
        for lines, name in ((self.rows_per_read, "rows_per_read"), *((lines, "folding") for lines in self.folding)):
            if self.rows % lines:
                raise ValueError(f"rows must be a multiple of {name} ({lines}), not {self.rows}")
        for columns, name in (
            (self.cols_per_read or self.cols, "cols_per_read"),
            *((columns, "column_folding") for columns in self.column_folding),
        ):
            if self.cols % columns:
                raise ValueError(f"cols must be a multiple of {name} ({columns}), not {self.cols}")
        return self
