"""Conversion of pixels and activations to word lines."""
