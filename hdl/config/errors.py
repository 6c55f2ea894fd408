"""The one exception that means: what you gave us cannot be used."""

__all__ = ["InputError"]


class InputError(ValueError):
    """Bad input, told in one line that names the field, the value and what is allowed.

    Commands print the line and exit with code 2. Everything else that is raised is a bug of ours.
    """
