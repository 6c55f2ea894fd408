"""Study of the quality of random bits."""
