"""The exception that means: the core is not what it should be, or did not do what it should."""

__all__ = ["DriverError"]


class DriverError(RuntimeError):
    """What is wrong with the core, told in one line. Bad arguments are :class:`hdl.config.InputError` instead."""
