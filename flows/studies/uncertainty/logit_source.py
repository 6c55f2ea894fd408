"""Where logits come from."""

import enum

__all__ = ["LogitSource"]


class LogitSource(enum.Enum):
    """Whose logits are measured."""

    #: The integer model.
    GOLDEN = "golden"

    #: The Verilated core.
    RTL = "rtl"

    #: Both, compared.
    BOTH = "both"
