"""Seeds derived from the numbers of their purpose."""

import numpy as np

__all__ = ["seed_of"]


def seed_of(*numbers: int) -> int:
    """Return a seed that differs even for neighbouring numbers."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(1))
