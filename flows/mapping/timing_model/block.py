"""Common parts of the timing model's blocks."""

import abc
from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

__all__ = ["Block", "Consumer", "Period", "Timed", "repeat"]


class Period(NamedTuple):
    """Period of a sequence of tokens."""

    times: int
    """Passes, or inputs, in one period."""

    cycles: int
    """Clock cycles of one period."""


class Consumer(abc.ABC):
    """Input stream of a block, as cycles alone.

    A token is offered once, and all its consequences up to the end of the core are computed before the next one:
    the cycle in which a block takes a token depends only on earlier tokens.
    """

    @abc.abstractmethod
    def offer(self, at: int, last: bool) -> int:
        """Return the cycle in which a token that is offered from cycle ``at`` on is taken.

        ``last`` tells whether it belongs to the last pass of its input.
        """


class Timed:
    """State of remembered cycles.

    Between two passes no token is in flight, so they are the whole state.
    """

    cycles: ClassVar[tuple[str, ...]] = ("free",)
    """Names of the attributes that hold a cycle, or a sequence of cycles."""

    free = 0
    """First cycle in which the next token may be taken."""

    def state(self, since: int) -> tuple[int, ...]:
        """Return all remembered cycles, relative to ``since``."""
        found: list[int] = []
        for name in self.cycles:
            value = getattr(self, name)
            found += [value - since] if isinstance(value, int) else [each - since for each in value]
        return tuple(found)

    def delay(self, by: int) -> None:
        """Shift all remembered cycles by ``by``."""
        for name in self.cycles:
            value = getattr(self, name)
            setattr(self, name, value + by if isinstance(value, int) else type(value)(each + by for each in value))


class Block(Timed, Consumer):
    """Timing of the block of that name."""

    @property
    def parts(self) -> tuple["Block", ...]:
        """Blocks within it that remember cycles for themselves."""
        return ()


def repeat(blocks: Sequence[Timed], count: int, once: Callable[[], int]) -> Period | None:
    """Run ``once`` ``count`` times, skipping the periodic part.

    Parameters
    ----------
    blocks
        All blocks whose state affects, and is changed by, ``once``.
    count
        Number of times.
    once
        Function that sends the tokens of a pass, or of an input, and returns a cycle at its end.

    Returns
    -------
    Period or None
        The period, if it begins within ``count``.
    """
    seen: dict[tuple[tuple[int, ...], ...], tuple[int, int]] = {}
    for done in range(1, count + 1):
        end = once()
        state = tuple(block.state(end) for block in blocks)
        if state in seen:
            before, cycle = seen[state]
            period = Period(done - before, end - cycle)
            left_out, rest = divmod(count - done, period.times)
            for block in blocks:
                block.delay(left_out * period.cycles)
            for _ in range(rest):
                once()
            return period
        seen[state] = (done, end)
    return None
