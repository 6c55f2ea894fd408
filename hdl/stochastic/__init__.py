"""Random bits: registers, stochastic units and their self-test."""
