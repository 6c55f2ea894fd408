"""Lists of numbers on the command line."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from hdl.config import InputError, brief

__all__ = ["parse_numbers", "write_numbers"]

#: Most numbers of a list.
_MOST = 64

Number = TypeVar("Number", int, float)


def parse_numbers(
    name: str, text: str, convert: Callable[[str], Number], *, lowest: Number, highest: Number
) -> tuple[Number, ...]:
    """Return the numbers of ``text``, which has commas between them, each once, in rising order.

    Raises
    ------
    InputError
        It is not that, a number is not between ``lowest`` and ``highest``, or there are too many; the line calls it
        ``name``.
    """
    parts = text.split(",")
    if len(parts) > _MOST:
        raise InputError(f"{name} must be at most {_MOST} numbers, not {len(parts)}")
    try:
        numbers = [convert(part) for part in parts]
    except ValueError:
        raise InputError(f"{name} must be numbers with commas between them, not {brief(text)}") from None
    for number, part in zip(numbers, parts, strict=True):
        # No comparison holds for what is not a number.
        if not lowest <= number <= highest:
            raise InputError(f"{name} must be between {lowest:g} and {highest:g}, not {brief(part)[1:-1]}")
    return tuple(sorted(set(numbers)))


def write_numbers(numbers: Iterable[float]) -> str:
    """Return ``numbers`` as :func:`parse_numbers` reads them."""
    return ",".join(str(number).removesuffix(".0") for number in numbers)
