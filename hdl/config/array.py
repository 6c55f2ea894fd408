"""Geometry of the arrays."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from .section import Section

__all__ = ["ArrayConfig"]


class ArrayConfig(Section):
    """Geometry of one compute-in-memory array."""

    rows: Annotated[int, Field(strict=True, ge=2)]
    """Word lines."""

    cols: Annotated[int, Field(strict=True, ge=2)]
    """Columns."""

    rows_per_read: Annotated[int, Field(strict=True, ge=2)]
    """Word lines driven at a time."""

    folding: tuple[Annotated[int, Field(strict=True, ge=2)], ...] = ()
    """Word lines driven at a time in each layer, where layers differ; one per layer."""

    @model_validator(mode="after")
    def _check_reads(self) -> Self:
        for lines, name in ((self.rows_per_read, "rows_per_read"), *((lines, "folding") for lines in self.folding)):
            if self.rows % lines:
                raise ValueError(f"rows must be a multiple of {name} ({lines}), not {self.rows}")
        return self
