"""Bounds of the numbers that commands take."""

from collections.abc import Iterable

from hdl.config import CoreConfig, InputError

__all__ = [
    "LARGEST_SEED",
    "LATEST",
    "MOST_CHIPS",
    "MOST_INPUTS",
    "MOST_REPEATS",
    "MOST_WORKERS",
    "check_choices",
    "check_integer",
    "check_passes",
    "check_real",
]

#: Largest seed of every generator.
LARGEST_SEED = 2**63 - 1

#: Latest age of a chip, 30 years, s.
LATEST = 1e9

#: Most inputs, more than any data set of ours has.
MOST_INPUTS = 10**6

#: Most chips, repetitions and threads.
MOST_CHIPS, MOST_REPEATS, MOST_WORKERS = 10**4, 10**3, 10**3


def check_integer(name: str, value: int | None, lowest: int, highest: int) -> None:
    """Check an integer; None is what stands for a default.

    Raises
    ------
    InputError
        It is not between ``lowest`` and ``highest``.
    """
    if value is None or lowest <= value <= highest:
        return
    wanted = f"at least {lowest}" if value < lowest else f"at most {highest}"
    raise InputError(f"{name} must be {wanted}, not {value}")


def check_real(name: str, value: float, lowest: float, highest: float) -> None:
    """Check a real number.

    Raises
    ------
    InputError
        It is not between ``lowest`` and ``highest``, or not a number.
    """
    if not lowest <= value <= highest:
        raise InputError(f"{name} must be between {lowest:g} and {highest:g}, not {value:g}")


def check_passes(config: CoreConfig, passes: int | None) -> int:
    """Return the passes T, by default those of ``config``.

    Raises
    ------
    InputError
        A core of ``config`` cannot have as many.
    """
    if passes is None:
        return config.bayes.passes
    if not 1 <= passes <= config.bayes.max_passes:
        raise InputError(f"passes must be between 1 and {config.bayes.max_passes}, not {passes}")
    return passes


def check_choices(name: str, values: Iterable[str], known: Iterable[str]) -> None:
    """Check names.

    Raises
    ------
    InputError
        One is not known.
    """
    choices = tuple(known)
    for value in values:
        if value not in choices:
            raise InputError(f"{name} must be one of {', '.join(choices)}, not {value!r}")
