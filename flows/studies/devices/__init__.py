"""Study of device models."""
