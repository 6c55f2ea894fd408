"""Signs that memory ran out."""

__all__ = ["memory_ran_out"]

#: How the system and libraries in other languages say it.
_SIGNS = (
    "Cannot allocate memory",
    "bad_alloc",
    "can't allocate memory",
    "failed to map segment",
    "not enough memory",
    "out of memory",
)


def memory_ran_out(error: BaseException) -> bool:
    """Return whether ``error`` is that there is not enough memory."""
    return isinstance(error, MemoryError) or any(sign in str(error) for sign in _SIGNS)
