"""Geometry of the arrays."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from .section import Section, Size

__all__ = ["ArrayConfig"]


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

    @model_validator(mode="after")
    def _check_reads(self) -> Self:
        for lines, name in ((self.rows_per_read, "rows_per_read"), *((lines, "folding") for lines in self.folding)):
            if self.rows % lines:
                raise ValueError(f"rows must be a multiple of {name} ({lines}), not {self.rows}")
        return self
