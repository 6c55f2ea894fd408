"""``bayescim demo``."""

from ..arguments import ConfigArgument

__all__ = ["demo"]


def demo(config: ConfigArgument) -> None:
    """Coming."""
    raise NotImplementedError(config)
