"""Test vectors as files."""

from typing import Any

from pydantic import Field

from ..base.record import Count, Record

__all__ = ["RegisterRecord", "RegistersRecord", "TracedPass", "VectorRecord", "VectorRun"]


class RegisterRecord(Record):
    """Register of one width."""

    width: Count
    """Width."""

    taps: tuple[Count, ...]
    """Stages that the feedback takes."""

    state: Count
    """State after the shifts."""


class RegistersRecord(Record):
    """Contents of ``registers.json``."""

    shifts: Count
    """Shifts from the state 1."""

    registers: tuple[RegisterRecord, ...]
    """Registers by width."""


class TracedPass(Record):
    """Draws and values of one pass."""

    input: Count
    """Number of the input."""

    place: Count | None = Field(default=None, alias="pass")
    """Number of the pass, where passes have no weights."""

    draws: tuple[Count, ...] | None = None
    """Draws of the shared unit, where there is one."""

    mask: str | None = None
    """Bits of the mask, where there is one."""

    layer_draws: tuple[Any, ...] | None = None
    """Draws of units of the layers, where there are any."""

    weight: Count | None = None
    """How often the pass counts, where passes have weights."""

    counts: tuple[Any, ...]
    """Counts of each layer."""

    activations: tuple[str | tuple[str, ...], ...]
    """Activations of each hidden layer."""

    logits: tuple[int, ...]
    """Logits."""


class VectorRun(Record):
    """Values of golden for the inputs in one mode."""

    exact: bool
    """Whether each mask is computed once."""

    draws: tuple[Any, ...] | None = None
    """All draws, where passes have weights and are drawn."""

    passes: tuple[TracedPass, ...] = Field(min_length=1)
    """Passes."""

    results: tuple[dict[str, bool | int | tuple[int, ...]], ...] = Field(min_length=1)
    """Results of each input, by their names."""


class VectorRecord(Record):
    """Contents of the file of one case."""

    configuration: dict[str, Any]
    """Configuration, as its document."""

    program: dict[str, Any]
    """Integers by the names of the arrays."""

    unit_seeds: tuple[Count, ...]
    """Initial states of the stochastic units."""

    inputs: tuple[tuple[Count, ...], ...]
    """Pixels of each input."""

    runs: tuple[VectorRun, ...] = Field(min_length=1)
    """Runs."""
