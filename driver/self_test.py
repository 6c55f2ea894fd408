"""Report of the self-test of a stochastic unit."""

import dataclasses

__all__ = ["SelfTestReport"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class SelfTestReport:
    """Findings of a self-test since its restart."""

    unit: int
    """Index of the unit."""

    draws: int
    """Draws, modulo 2^32."""

    complete: bool
    """Whether there was a full window; before that the estimate is 0."""

    drops: int
    """Drops in the last full window."""

    p: float
    """Estimate of the probability of dropping: these drops / W."""

    deviation: float
    """Estimate minus the probability that the codes give."""

    stuck: bool
    """Whether a run of equal bits has reached its limit."""

    out_of_bounds: bool
    """Whether a window had too many or too few drops."""

    @property
    def alarm(self) -> bool:
        """Whether either test has failed."""
        return self.stuck or self.out_of_bounds
