"""Base of all sections of a configuration."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["PositiveInt", "Probability", "Section"]

PositiveInt = Annotated[int, Field(strict=True, ge=1)]
Probability = Annotated[float, Field(strict=True, ge=0, lt=1)]


class Section(BaseModel):
    """One section: immutable, no unknown keys, prose in the schema."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
