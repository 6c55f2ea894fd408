"""The whole flow as one command."""
