"""From counts of the last layer to results."""
