"""Study of the masks of a network."""
