"""Study of the exact mode."""

__all__ = ["record"]
