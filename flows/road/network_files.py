"""Files of networks from earlier commands."""

from pathlib import Path

from hdl.config import InputError
from hdl.contract import Program

__all__ = ["find_program"]

#: Arrays that lie beside a Program: :attr:`Products.logits`.
_LOGITS = "simulate.npz"


def find_program(path: Path) -> Program:
    """Return the Program in a file, or the one in a directory of products, of any configuration.

    Raises
    ------
    InputError
        There is none, there are several, or it is damaged.
    """
    if not path.is_dir():
        return Program.load(path)
    found = [file for file in sorted(path.glob("*.npz")) if file.name != _LOGITS]
    if len(found) != 1:
        names = ", ".join(file.name for file in found) or "none"
        raise InputError(f"against must be a directory with one Program (.npz), not {str(path)!r} with {names}")
    return Program.load(found[0])
