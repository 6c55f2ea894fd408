"""Tags of passes."""

import random

from hdl.config import CoreConfig
from hdl.streams import PassTag

__all__ = ["random_tag"]


def random_tag(config: CoreConfig, rng: random.Random) -> dict[str, int]:
    """Return the members of a :class:`hdl.streams.PassTag`, all random."""
    return {name: rng.getrandbits(field.width) for name, field in PassTag(config)}
