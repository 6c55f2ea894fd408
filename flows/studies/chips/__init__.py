"""Study of chips of a memory device."""

__all__ = ["record"]
