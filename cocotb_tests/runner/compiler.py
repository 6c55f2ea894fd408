"""C++ compiler."""

import os

from hdl.config import InputError

from .programs import run_program

__all__ = ["compiler_identity"]


def compiler_identity(compiler: str = "c++") -> bytes:
    """Return what tells a compiler and the processor that it compiles for from others.

    Raises
    ------
    InputError
        It does not work.
    """
    done = run_program([compiler, "-march=native", "-dM", "-E", "-x", "c++", os.devnull])
    if done.code:
        raise InputError(f"{compiler} must be a C++ compiler that works: {done.reason}")
    return done.output.encode()
