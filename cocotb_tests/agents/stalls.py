"""Stall patterns of agents."""

import enum
import random
from collections.abc import Iterator

__all__ = ["Stalls"]

_LONGEST_BURST = 12


class Stalls(enum.Enum):
    """Pattern of cycles in which an agent does nothing."""

    #: Never: shows the throughput.
    NEVER = "never"

    #: Every other cycle at random.
    OFTEN = "often"

    #: Rare long pauses, so that everything before it fills or everything after it drains.
    BURSTS = "bursts"

    def pattern(self, rng: random.Random) -> Iterator[bool]:
        """Yield, cycle by cycle, whether to pause."""
        while True:
            match self:
                case Stalls.NEVER:
                    yield False
                case Stalls.OFTEN:
                    yield rng.random() < 0.5
                case Stalls.BURSTS:
                    paused = rng.random() < 0.5
                    yield from [paused] * rng.randint(1, _LONGEST_BURST)
