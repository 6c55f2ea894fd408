"""Seeds from numbers that say what they are for."""

import numpy as np

__all__ = ["seed_of"]


def seed_of(*numbers: int) -> int:
    """Return a seed that numbers next to each other do not share."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(1))
