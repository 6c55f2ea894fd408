"""Configurations that commands are given."""

from hdl.config import CoreConfig

from .console import notice

__all__ = ["load_config", "unlike"]

#: Difference between a probability and what draws make of it, as a share of the smaller one of p and 1 − p, from which
#: on it is told.
_UNLIKE = 0.25


def load_config(argument: str) -> CoreConfig:
    """Return the named configuration or that of a TOML file, and tell where draws realise other probabilities.

    Raises
    ------
    InputError
        As in :meth:`CoreConfig.load`.
    """
    config = CoreConfig.load(argument)
    told = unlike(config)
    if told is not None:
        notice(f"bayescim: {told}")
    return config


def unlike(config: CoreConfig) -> str | None:
    """Return a line on probabilities that few bits of a draw make into others, None where they are about the same."""
    stochastic = config.stochastic
    pairs = list(zip(stochastic.probabilities, stochastic.realised_p, strict=True))
    if all(abs(realised - p) <= _UNLIKE * min(p, 1 - p) for p, realised in pairs):
        return None
    given, realised = (", ".join(f"{each[side]:g}" for each in pairs) for side in (0, 1))
    return f"random.draw_bits {config.random.draw_bits} realises the probabilities {given} as {realised}"
