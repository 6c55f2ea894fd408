"""Proof: a claim in words, and its method."""

import dataclasses
import enum
from collections.abc import Callable

from .bench import Bench

__all__ = ["Method", "Proof"]


class Method(enum.Enum):
    """Method of a proof."""

    #: The claim holds for ``depth`` cycles after reset, and after any ``depth`` cycles in which it held: unbounded.
    INDUCTION = "k-induction"

    #: Claim on logic without state, decided for all inputs: unbounded.
    EQUIVALENCE = "equivalence by SAT"

    #: The claim holds for ``depth`` cycles after reset. `Proof.reason` states why they suffice, or what is left open.
    BOUNDED = "BMC"

    #: Computed with numbers, without the hardware: unbounded.
    ALGEBRA = "algebra"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Proof:
    """Claim about one block, at stated sizes."""

    block: str
    """Name of the block, that of its file in ``hdl``."""

    name: str
    """Name of the proof within its block: letters, digits and underscores."""

    claim: str
    """Claim in words."""

    sizes: str
    """Sizes for which the claim is shown."""

    method: Method
    """Method of the proof."""

    bench: Callable[[], Bench | bool]
    """Factory of the bench for the solver; for `ALGEBRA`, a function that returns whether the claim holds."""

    depth: int = 1
    """Cycles k of the induction, or of the bounded check."""

    cover_depth: int = 10
    """Cycles within which every cover of the bench must be reached, so that the claim is not vacuous."""

    reason: str = ""
    """For a bounded proof: the reason why the depth suffices, or what it leaves open."""

    fast: bool = True
    """Whether it takes only a few seconds, and is run in the tests."""

    @property
    def bounded(self) -> bool:
        """Whether the claim is shown for a number of cycles only."""
        return self.method is Method.BOUNDED
