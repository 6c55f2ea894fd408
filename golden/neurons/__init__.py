"""From counts to activations."""
