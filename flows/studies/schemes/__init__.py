"""Study of all Bayesian methods."""
