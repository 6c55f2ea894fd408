"""Study of robustness to faults."""

__all__ = ["record"]
