"""Configuration of the deterministic twin."""

from .core import CoreConfig
from .schemes.none import DeterministicConfig

__all__ = ["config_twin", "twin_fits"]


def config_twin(config: CoreConfig) -> CoreConfig:
    """Return ``config`` with the method `none`, a single pass, and no probabilities, self-test or macros.

    It is the baseline of every comparison. A configuration of the method `none` is its own twin.
    """
    # A copy would keep the cached properties of the configuration, its hash among them.
    changed = {"bayes": DeterministicConfig(), "self_test": None, "macro": None}
    return CoreConfig.model_validate(config.model_dump() | changed)


def twin_fits(config: CoreConfig) -> bool:
    """Return whether neurons of ``config`` compare with thresholds, so that its twin can be loaded into its core."""
    return all(
        {member.name for member in layer.neuron_fields} == {member.name for member in layer.threshold_fields}
        for layer in config.hidden_layers
    )
