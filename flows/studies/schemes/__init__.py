"""Study of all Bayesian methods."""

__all__ = ["record", "show"]
