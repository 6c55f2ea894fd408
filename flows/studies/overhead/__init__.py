"""Study of the cost of the stochastic unit."""
