"""The deterministic twin of a Bayesian network."""

from hdl.config import CoreConfig
from hdl.config.schemes.none import DeterministicConfig

__all__ = ["config_twin"]


def config_twin(config: CoreConfig) -> CoreConfig:
    """Return ``config`` with the method `none`, a single pass, no probabilities, self-test or macros, and all else so.

    It is the baseline of every comparison. A configuration of the method `none` is its own twin.
    """
    # A copy would keep the properties that the configuration has cached, its hash among them.
    changed = {"bayes": DeterministicConfig(), "self_test": None, "macro": None}
    return CoreConfig.model_validate(config.model_dump() | changed)
