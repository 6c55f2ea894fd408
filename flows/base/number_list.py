"""Lists of numbers on the command line."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from hdl.config import InputError

__all__ = ["parse_numbers", "write_numbers"]

Number = TypeVar("Number", int, float)


def parse_numbers(name: str, text: str, convert: Callable[[str], Number]) -> tuple[Number, ...]:
    """Return the numbers of ``text``, which has commas between them, each once, in rising order.

    Raises
    ------
    InputError
        It is not that; the line calls it ``name``.
    """
    try:
        return tuple(sorted({convert(part) for part in text.split(",")}))
    except ValueError:
        raise InputError(f"{name} must be numbers with commas between them, not {text!r}") from None


def write_numbers(numbers: Iterable[float]) -> str:
    """Return ``numbers`` as :func:`parse_numbers` reads them."""
    return ",".join(str(number).removesuffix(".0") for number in numbers)
