"""The exact model of the core."""
