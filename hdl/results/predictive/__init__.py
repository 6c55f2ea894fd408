"""Predictive probabilities and entropies."""
