"""Deterministic twin of a Bayesian network."""

from hdl.config import BayesConfig, CoreConfig

__all__ = ["config_twin"]


def config_twin(config: CoreConfig) -> CoreConfig:
    """Return ``config`` with the method `none`, a single pass, and no probabilities, self-test or macros.

    It is the baseline of every comparison. A configuration of the method `none` is its own twin.
    """
    bayes = BayesConfig(method="none", p=(), passes=1, max_passes=1)
    # A copy would keep the cached properties of the configuration, its hash among them.
    return CoreConfig.model_validate({**config.model_dump(), "bayes": bayes, "self_test": None, "macro": None})
