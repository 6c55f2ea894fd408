"""The road from a configuration to a verified core, a step per file."""
