"""Error of a core with unexpected behaviour."""

__all__ = ["DriverError"]


class DriverError(RuntimeError):
    """Fault of the core, reported in one line.

    Bad arguments are :class:`hdl.config.InputError` instead.
    """
