"""A deliberate bug."""

import dataclasses
from pathlib import Path

__all__ = ["Mutant"]


@dataclasses.dataclass(frozen=True)
class Mutant:
    """One change to the source of one block.

    The tests of the block must notice it.
    """

    block: str
    """Name of the block, that of its testbench and, as a rule, of its file in ``hdl``."""

    bug: str
    """Description of the bug."""

    correct: str
    """Text of the source that is replaced; it occurs once."""

    wrong: str
    """Text that takes its place."""

    layer: int = 0
    """Layer whose geometry shows the bug."""

    configuration: str = "padded"
    """Configuration of the tests: one that has the block, with several tiles, planes and layers, padded everywhere."""

    part: str = ""
    """Name of the file, where it is not the block's own but a part's."""

    room: str = dataclasses.field(kw_only=True)
    """Room of ``hdl`` where the file stands, as a path."""

    def file(self, package: Path) -> Path:
        """Return the file of the block, or of its part, in the copy of ``hdl`` at ``package``."""
        return package / self.room / f"{self.part or self.block}.py"

    def apply(self, package: Path) -> None:
        """Put the bug into the copy of ``hdl`` at ``package``.

        Raises
        ------
        ValueError
            The source has changed, so that there is no such text, or more than one.
        """
        path = self.file(package)
        source = path.read_text(encoding="utf-8")
        if source.count(self.correct) != 1:
            found = source.count(self.correct)
            raise ValueError(f"{path.name} must contain {self.correct!r} once, not {found} times")
        path.write_text(source.replace(self.correct, self.wrong), encoding="utf-8")
