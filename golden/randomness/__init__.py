"""Quality of random bits, limits of self-tests."""
