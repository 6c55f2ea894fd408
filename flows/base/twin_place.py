"""Where the deterministic twin of a network runs in RTL."""

import enum

from hdl.config import CoreConfig, twin_fits

__all__ = ["TwinPlace"]


class TwinPlace(enum.Enum):
    """Where it runs, or why it does not, in words for the report (docs/numerics.md#appendix-the-deterministic-twin)."""

    SAME_CORE = "It is loaded into the same core."
    OWN_CORE = "It compares with thresholds, as neurons of this core do not, and has a core of its own."
    ITSELF = "This network draws nothing: it is its own deterministic twin."
    MACROS = "There is no deterministic twin beside it: cells of macros are noisy whatever they are to hold."

    @classmethod
    def of(cls, config: CoreConfig) -> "TwinPlace":
        """Return the place of the twin of ``config``."""
        if config.bayes.method == "none":
            return cls.ITSELF
        if config.macro is not None:
            return cls.MACROS
        return cls.SAME_CORE if twin_fits(config) else cls.OWN_CORE

    @property
    def runs(self) -> bool:
        """Whether there is a run of the twin beside that of the network."""
        return self in (TwinPlace.SAME_CORE, TwinPlace.OWN_CORE)
