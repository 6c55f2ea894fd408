"""``bayescim report``."""

from ..arguments import ConfigArgument

__all__ = ["report"]


def report(config: ConfigArgument) -> None:
    """Coming."""
    raise NotImplementedError(config)
