"""One case of the fuzzer, and what it came to."""

import dataclasses

__all__ = ["Case", "Outcome"]


@dataclasses.dataclass(frozen=True)
class Case:
    """Files that are damaged, and a command line. Seed, kind and number give the same one again."""

    kind: str
    """Kind of the case."""

    number: int
    """Number within its kind."""

    arguments: tuple[str, ...]
    """Command and its arguments."""

    damaged: dict[str, bytes | None] = dataclasses.field(default_factory=dict)
    """Contents of damaged files by their place in the sandbox; None for a directory in place of the file."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """End of a case."""

    code: int | None
    """Exit code, None where it was killed."""

    out: str
    """Standard output."""

    err: str
    """Standard error."""

    seconds: float
    """Time that it took."""
