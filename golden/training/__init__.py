"""Training and lowering."""
