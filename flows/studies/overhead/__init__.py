"""Study of the cost of the stochastic unit."""

__all__ = ["record"]
