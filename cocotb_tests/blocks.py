"""Every block that has a testbench, as a simulation of it in a given geometry."""

from hdl.popcount import Popcount

from .case import Case

__all__ = ["popcount"]


def popcount(words: int, lanes: int) -> Case:
    """Return the case of a :class:`Popcount`."""
    return Case(
        block="popcount",
        label=f"{words}x{lanes}",
        component=Popcount(words, lanes),
        tests=2,
        values={"words": words, "lanes": lanes},
    )
