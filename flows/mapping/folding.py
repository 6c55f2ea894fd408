"""Folding: word lines driven, and columns sensed, at a time.

And its effects on a core.
"""

import dataclasses
from collections.abc import Mapping, Sequence

from hdl.config import CoreConfig, InputError, Layer

from .timing_model import cycles_of_further_input, vector_pair_cycles

__all__ = ["Folding", "Grouping", "balance", "evaluate", "foldings", "groupings"]

#: Numbers of columns that are told. Fewer columns take longer to predict.
_GROUPINGS = 5


@dataclasses.dataclass(frozen=True, kw_only=True)
class Folding:
    """Choice of word lines and its effects."""

    rows_per_read: tuple[int, ...]
    """Word lines driven at a time in each layer, as `array.folding`."""

    word_lines: int
    """Word lines driven at a time in all arrays together: the number to count in each column."""

    cycles_per_input: float
    """Clock cycles of each further input, inputs following one another."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Grouping:
    """Choice of columns and its effects."""

    cols_per_read: tuple[int, ...]
    """Columns sensed at a time in each layer, as `array.column_folding`."""

    cells: int
    """Cells compared and counted at a time in all arrays together."""

    cycles_per_input: float
    """Clock cycles of each further input, inputs following one another."""


def groupings(config: CoreConfig, passes: int) -> tuple[Grouping, ...]:
    """Return the effects of the largest numbers of columns sensed at a time in all layers, and of those as they are."""
    cols, own = config.array.cols, config.cols_per_read
    numbers = range(2, cols + 1) if config.macro is None else (cols,)
    alike = [(each,) * len(config.layers) for each in numbers if cols % each == 0][-_GROUPINGS:]
    return tuple(_group(config, columns, passes) for columns in (*alike, *({own} - set(alike))))


def _group(config: CoreConfig, columns: tuple[int, ...], passes: int) -> Grouping:
    array = {**config.model_dump()["array"], "column_folding": columns}
    grouped = CoreConfig.model_validate({**config.model_dump(), "array": array})
    return Grouping(
        cols_per_read=columns,
        cells=sum(layer.row_tiles * layer.beat_outputs * layer.rows_per_read for layer in grouped.layers),
        cycles_per_input=cycles_of_further_input(grouped, passes=passes),
    )


def evaluate(config: CoreConfig, rows_per_read: Sequence[int], passes: int) -> Folding:
    """Return the effects of a choice of word lines in each layer."""
    folded = _fold(config, rows_per_read)
    return Folding(
        rows_per_read=folded.rows_per_read,
        word_lines=_word_lines(folded, folded.rows_per_read),
        cycles_per_input=cycles_of_further_input(folded, passes=passes),
    )


def foldings(config: CoreConfig, layer: Layer, passes: int) -> tuple[Folding, ...]:
    """Return the effects of every possible number of word lines in ``layer``, the other layers unchanged."""
    own = config.rows_per_read
    before, after = own[: layer.index], own[layer.index + 1 :]
    return tuple(evaluate(config, (*before, lines, *after), passes) for lines in _choices(config, layer))


def balance(config: CoreConfig, *, cycles: int | None = None, word_lines: int | None = None) -> tuple[int, ...]:
    """Return the fewest word lines with which the arrays of every layer meet the cycles.

    A first layer that is computed once per input runs while the last pass of the previous input is sent: it has the
    time of a pass, or as little more as it needs.

    Parameters
    ----------
    config
        The configuration.
    cycles
        Clock cycles for a pass, by default those of the slowest of the other layers as configured.
    word_lines
        Instead: limit of the word lines driven at a time in all arrays. The cycles are the fewest within it.

    Raises
    ------
    InputError
        The limit cannot be met, or both are given.
    """
    if cycles is not None and word_lines is not None:
        raise InputError(f"word_lines must be omitted where there are cycles, not {word_lines!r}")
    times = [{lines: _cycles(config, layer, lines) for lines in _choices(config, layer)} for layer in config.layers]
    repeated = [layer for layer in config.layers if not layer.shared_by_passes]
    fastest = max(min(times[layer.index].values()) for layer in repeated)
    if word_lines is not None:
        fewest = _word_lines(config, [min(each) for each in times])
        if word_lines < fewest:
            raise InputError(f"word_lines must be at least {fewest}, not {word_lines!r}")
        candidates = sorted({time for each in times for time in each.values() if time >= fastest})
        return next(found for time in candidates if _word_lines(config, found := _within(times, time)) <= word_lines)
    if cycles is None:
        cycles = max(_cycles(config, layer, layer.rows_per_read) for layer in repeated)
    if cycles < fastest:
        raise InputError(f"cycles must be at least {fastest}, not {cycles!r}")
    return _within(times, cycles)


def _within(times: Sequence[Mapping[int, int]], cycles: int) -> tuple[int, ...]:
    """Return the fewest word lines of each layer that meet ``cycles``, or else the fastest choice."""
    return tuple(
        min(lines for lines, time in each.items() if time <= max(cycles, min(each.values()))) for each in times
    )


def _cycles(config: CoreConfig, layer: Layer, lines: int) -> int:
    """Return the cycles that the arrays need for a pass if ``lines`` are driven at a time."""
    reads = dataclasses.replace(layer, rows_per_read=lines).reads
    return layer.vectors * vector_pair_cycles(config, layer, reads) // 2


def _word_lines(config: CoreConfig, rows_per_read: Sequence[int]) -> int:
    return sum(layer.arrays * lines for layer, lines in zip(config.layers, rows_per_read, strict=True))


def _choices(config: CoreConfig, layer: Layer) -> list[int]:
    """Return the possible numbers of word lines of the layer, ascending."""
    whole = config.ports.pixels_per_beat if layer.index == 0 and layer.window is None else 1
    rows = config.array.rows
    return [lines for lines in range(2, rows + 1) if rows % lines == 0 and lines % whole == 0]


def _fold(config: CoreConfig, rows_per_read: Sequence[int]) -> CoreConfig:
    array = {**config.model_dump()["array"], "folding": tuple(rows_per_read)}
    return CoreConfig.model_validate({**config.model_dump(), "array": array})
