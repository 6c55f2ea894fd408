"""The whole road as one command."""
