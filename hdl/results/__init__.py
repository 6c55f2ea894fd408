"""Results from the counts of the last layer."""
