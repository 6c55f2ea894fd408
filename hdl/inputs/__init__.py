"""From pixels and activations to word lines."""
