"""Study of the exact mode."""
