"""``bayescim schema``."""

from hdl.config import CoreConfig

from ..base.console import show

__all__ = ["schema"]


def schema() -> None:
    """Print the JSON schema of a configuration, for editors."""
    show(CoreConfig.model_json_schema(), [], as_json=True)
