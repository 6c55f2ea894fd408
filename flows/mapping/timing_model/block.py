"""What all blocks of the timing model share."""

import abc
from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

__all__ = ["Block", "Consumer", "Period", "Timed", "repeat"]


class Period(NamedTuple):
    """What repeats itself for ever."""

    times: int
    """Passes, or inputs, of one period."""

    cycles: int
    """Clock cycles of it."""


class Consumer(abc.ABC):
    """Something with a stream at its input, seen as cycles alone.

    A token is offered once, and whatever it sets going up to the end of the core is worked out before the next one:
    when a block takes a token depends only on tokens before it.
    """

    @abc.abstractmethod
    def offer(self, at: int, last: bool) -> int:
        """Return the cycle in which a token is taken that is offered from cycle ``at`` on.

        ``last`` tells whether it belongs to the last pass of its input.
        """


class Timed:
    """Something that remembers cycles. Between two passes no token is on its way, so they are all of its state."""

    cycles: ClassVar[tuple[str, ...]] = ("free",)
    """Names of the attributes that hold a cycle, or a sequence of cycles."""

    free = 0
    """First cycle in which the next token may be taken."""

    def state(self, since: int) -> tuple[int, ...]:
        """Return all remembered cycles, counted from ``since``."""
        found: list[int] = []
        for name in self.cycles:
            value = getattr(self, name)
            found += [value - since] if isinstance(value, int) else [each - since for each in value]
        return tuple(found)

    def delay(self, by: int) -> None:
        """Let all that was remembered have happened ``by`` cycles later."""
        for name in self.cycles:
            value = getattr(self, name)
            setattr(self, name, value + by if isinstance(value, int) else type(value)(each + by for each in value))


class Block(Timed, Consumer):
    """A block of the core, which bears the same name in :mod:`hdl`: takes and gives in the same cycles as that."""

    @property
    def parts(self) -> tuple["Block", ...]:
        """Blocks within it that remember cycles for themselves."""
        return ()


def repeat(blocks: Sequence[Timed], count: int, once: Callable[[], int]) -> Period | None:
    """Let ``once`` happen ``count`` times, without going through what is the same each time.

    Parameters
    ----------
    blocks
        All blocks whose state decides, and is changed by, what ``once`` does.
    count
        Times.
    once
        Sends the tokens of a pass, or of an input, and returns a cycle at its end.

    Returns
    -------
    Period or None
        What repeats itself, if that begins within ``count``.
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
