"""Quality of random bits, and limits of the self-test."""
