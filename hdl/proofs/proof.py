"""What a proof is: a claim in words, and how it is shown."""

import dataclasses
import enum
from collections.abc import Callable

from .bench import Bench

__all__ = ["Method", "Proof"]


class Method(enum.Enum):
    """How a claim is shown."""

    #: Holds after reset for ``depth`` cycles, and wherever it held for that long it holds on: unbounded.
    INDUCTION = "k-induction"

    #: A claim on logic without state, decided for all inputs: unbounded.
    EQUIVALENCE = "equivalence by SAT"

    #: Holds for ``depth`` cycles after reset. `Proof.reason` says why that is enough, or what is left open.
    BOUNDED = "BMC"

    #: Computed with numbers, without the hardware: unbounded.
    ALGEBRA = "algebra"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Proof:
    """One claim about one block, at stated sizes."""

    block: str
    """Name of the block, that of its file in ``hdl``."""

    name: str
    """What the proof is called within its block: letters, digits and underscores."""

    claim: str
    """What is claimed, for people."""

    sizes: str
    """Sizes at which it is shown."""

    method: Method
    """How it is shown."""

    bench: Callable[[], Bench | bool]
    """Makes the bench for the solver; for the method `ALGEBRA`, tells whether the claim holds."""

    depth: int = 1
    """Cycles k of the induction, or of the bounded check."""

    cover_depth: int = 10
    """Cycles within which every cover of the bench must be reached: it shows that the claim is not vacuous."""

    reason: str = ""
    """Of a bounded proof: why the depth is enough, or what it leaves open."""

    fast: bool = True
    """Takes a few seconds: run in the tests."""

    @property
    def bounded(self) -> bool:
        """Whether the claim is shown for a number of cycles only."""
        return self.method is Method.BOUNDED
