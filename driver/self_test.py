"""What the self-test of a stochastic unit has found."""

import dataclasses

__all__ = ["SelfTestReport"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class SelfTestReport:
    """What the self-test of one stochastic unit shows since it began anew."""

    unit: int
    """Number of the unit."""

    draws: int
    """Draws, modulo 2^32."""

    complete: bool
    """There was a full window; before that the estimate is 0."""

    drops: int
    """Drops in the last full window."""

    p: float
    """Estimate of the probability of dropping: these drops / W."""

    deviation: float
    """By how much that is more than the codes say."""

    stuck: bool
    """There was a run of equal bits as long as its limit."""

    out_of_bounds: bool
    """There was a window with too many or too few drops."""

    @property
    def alarm(self) -> bool:
        """Whether anything is wrong."""
        return self.stuck or self.out_of_bounds
