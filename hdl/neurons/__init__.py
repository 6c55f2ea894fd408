"""From counts to activations, pooling and residuals included."""
