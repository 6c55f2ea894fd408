"""Exception for unusable input."""

__all__ = ["InputError"]


class InputError(ValueError):
    """Bad input, reported in one line.

    The line names the field, the value and the permitted values.
    Commands print the line and exit with code 2. Any other exception is a bug of this package.
    """
