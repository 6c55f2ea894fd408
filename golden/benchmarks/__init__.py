"""Speed of the golden model."""
