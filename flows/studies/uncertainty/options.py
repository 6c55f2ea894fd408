"""Options of the study of uncertainty."""

import dataclasses
import enum
from collections.abc import Sequence
from pathlib import Path

__all__ = ["LogitSource", "UncertaintyOptions"]


class LogitSource(enum.Enum):
    """Source of the measured logits."""

    #: The integer model.
    GOLDEN = "golden"

    #: The Verilated core.
    RTL = "rtl"

    #: Both, compared.
    BOTH = "both"


@dataclasses.dataclass(frozen=True, kw_only=True)
class UncertaintyOptions:
    """Network, passes and sets."""

    source: LogitSource = LogitSource.BOTH
    """Source of the logits. With both, each logit is compared, and so is each number."""

    deterministic: bool = False
    """Whether it is about the deterministic twin; in RTL it runs on the core of the Bayesian network, or on its own
    where that has no place for it (:class:`flows.base.twin_place.TwinPlace`)."""

    program: Path | None = None
    """Program to run, by default the one among the products."""

    passes: Sequence[int] | None = None
    """Numbers of passes T, each the first of the largest; by default the powers of 2 up to the configuration's passes,
    and those."""

    ood: Sequence[str] = ()
    """Names of the sets, see :func:`golden.data.ood.make_ood`; by default all that are at hand."""

    inputs: int | None = None
    """Number of test inputs, by default all. A set has as many, or less where another data set has less."""

    seed: int = 0
    """Seed of the sets."""

    data: Path | None = None
    """Directory of the data sets, where they do not ship with a package. Another data set that is neither there nor in
    its usual place is omitted, and reported."""

    workers: int | None = None
    """Cores to run side by side, by default one per processor as far as there is work for them."""
